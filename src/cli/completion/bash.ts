import { allCommands, type CommandShape, type OptionShape } from "./grammar.ts";
import { namesThatTake, optionsOf, placeOf, quote, steps } from "./shared.ts";

/** Completion for bash 3.2 and newer, without the package bash-completion. */
export function renderBash(program: CommandShape): string {
  const commands = allCommands(program);
  const cases = (lines: readonly string[]): string => lines.map((line) => `      ${line}`).join("\n");
  return `# Completion of ssot for bash: eval "$(ssot completion bash)"
_ssot() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} at=ssot last= word i
  COMPREPLY=()
  # bash takes the = of --option=value for a word of its own.
  if [[ $cur == "=" ]]; then cur=; prev="="; i=1; else i=2; fi
  if [[ $prev == "=" ]]; then prev=\${COMP_WORDS[COMP_CWORD-i]}; [[ $prev == -* ]] || prev="="; fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    # What an option takes is no command.
    case "$last" in ${namesThatTake(program).join("|")}) last=; continue ;; esac
    last=$word
    case "$at $word" in
${cases(steps(program).map(({ from, word, to }) => `${quote(`${from} ${word}`)}) at=${quote(to)} ;;`))}
    esac
  done
  if [[ $prev == "=" ]]; then
    COMPREPLY=($(compgen -f -- "$cur"))
    return
  fi
  case "$at $prev" in
${cases(commands.flatMap((command) => optionsOf(command).flatMap((option) => offerValue(command, option))))}
  esac
  if [[ $cur == -* ]]; then
    case "$at" in
${cases(
  commands.map(
    (command) =>
      `${quote(placeOf(command))}) _ssot_words ${quote(
        optionsOf(command)
          .flatMap(({ names }) => names)
          .join(" "),
      )} ;;`,
  ),
)}
    esac
    return
  fi
  case "$at" in
${cases(commands.flatMap(offerWords))}
  esac
}
_ssot_words() {
  COMPREPLY=(\${COMPREPLY[@]+"\${COMPREPLY[@]}"} $(compgen -W "$1" -- "$cur"))
}
complete -o bashdefault -F _ssot ssot
`;
}

// A value that is needed is all there is to type; one that may be left out is offered beside the rest.
function offerValue(command: CommandShape, { names, value }: OptionShape): readonly string[] {
  if (value === undefined) return [];
  const pattern = names.map((name) => quote(`${placeOf(command)} ${name}`)).join("|");
  const end = value.needed ? "return ;;" : ";;";
  const offers = [
    ...(value.offered.length > 0 ? [`_ssot_words ${quote(value.offered.join(" "))};`] : []),
    ...(value.kind === "folder" ? [`COMPREPLY=($(compgen -d -- "$cur"));`] : []),
    ...(value.kind === "file" && value.offered.length === 0 ? [`COMPREPLY=($(compgen -f -- "$cur"));`] : []),
  ];
  return offers.length === 0 && !value.needed ? [] : [`${pattern}) ${[...offers, end].join(" ")}`];
}

function offerWords(command: CommandShape): readonly string[] {
  const words = [
    ...command.commands.map(({ path }) => path.at(-1) ?? ""),
    ...command.arguments.flatMap(({ offered }) => offered),
  ];
  const isFolder = command.arguments.some(({ kind }) => kind === "folder");
  if (isFolder) return [`${quote(placeOf(command))}) COMPREPLY=($(compgen -d -- "$cur")) ;;`];
  return words.length === 0 ? [] : [`${quote(placeOf(command))}) _ssot_words ${quote(words.join(" "))} ;;`];
}
