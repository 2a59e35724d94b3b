import { allCommands, type CommandShape, type OptionShape, type ValueShape } from "./grammar.ts";
import { brief, namesThatTake, optionsOf, placeOf, quote, steps } from "./shared.ts";

/** Completion for zsh, by its own _arguments: sourced, or as a file _ssot on $fpath. */
export function renderZsh(program: CommandShape): string {
  const commands = allCommands(program);
  return `#compdef ssot
# Completion of ssot for zsh: source <(ssot completion zsh), or this text as a file _ssot in a folder of $fpath.
_ssot() {
  # Which command is being typed: words that an option takes are none.
  local at=ssot last= word
  local -i i
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    case "$last" in ${namesThatTake(program).join("|")}) last=; continue ;; esac
    last=$word
    case "$at $word" in
${steps(program)
  .map(({ from, word, to }) => `      ${quote(`${from} ${word}`)}) at=${quote(to)} ;;`)
  .join("\n")}
    esac
  done
  case "$at" in
${commands.map(renderCommand).join("\n")}
  esac
}
if [ "$funcstack[1]" = _ssot ]; then _ssot "$@"; else compdef _ssot ssot; fi
`;
}

function renderCommand(command: CommandShape): string {
  const specs = [...optionsOf(command).flatMap(specsOf), ...restOf(command)];
  // The words before the command's own are not its arguments.
  const before = command.path.length - 1;
  return [
    `    ${quote(placeOf(command))})`,
    ...(before > 0 ? [`      words=("\${(@)words[${before + 1},-1]}"); CURRENT=$((CURRENT - ${before}))`] : []),
    `      _arguments -s -S ${specs.map(quote).join(" \\\n        ")}`,
    "      ;;",
  ].join("\n");
}

function restOf(command: CommandShape): readonly string[] {
  if (command.commands.length === 0) {
    return command.arguments.map(
      (argument) => `${argument.repeatable ? "*" : "1"}:${argument.name}:${actionOf(argument)}`,
    );
  }
  const words = command.commands.map(
    ({ path, summary }) => `${path.at(-1)}\\:"${brief(summary).replace(/["\\$`]/g, "")}"`,
  );
  return [`1:command:((${words.join(" ")}))`];
}

function specsOf({ names, description, value }: OptionShape): readonly string[] {
  const others = names.length > 1 && value?.repeatable !== true ? `(${names.join(" ")})` : "";
  const star = value?.repeatable === true ? "*" : "";
  const told = `[${escaped(brief(description), "[]:")}]`;
  const taken = value === undefined ? "" : `${value.needed ? ":" : "::"}${escaped(value.name, ":")}:${actionOf(value)}`;
  return names.map(
    (name) => `${others}${star}${name}${value !== undefined && name.startsWith("--") ? "=" : ""}${told}${taken}`,
  );
}

function actionOf({ offered, kind }: ValueShape): string {
  if (offered.length > 0) return `(${offered.join(" ")})`;
  return kind === "folder" ? "_files -/" : kind === "file" ? "_files" : " ";
}

function escaped(text: string, characters: string): string {
  return [...text].map((letter) => (characters.includes(letter) || letter === "\\" ? `\\${letter}` : letter)).join("");
}
