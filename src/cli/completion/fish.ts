import { allCommands, type CommandShape, type OptionShape, type ValueShape } from "./grammar.ts";
import { brief, namesThatTake, optionsOf, placeOf, steps } from "./shared.ts";

/** Completion for fish 3 and newer. */
export function renderFish(program: CommandShape): string {
  const commands = allCommands(program);
  return `# Completion of ssot for fish: ssot completion fish | source
function __ssot_at
    set -l at ssot
    set -l last ''
    for word in (commandline -opc)[2..-1]
        # What an option takes is no command.
        if contains -- "$last" ${namesThatTake(program).join(" ")}
            set last ''
            continue
        end
        set last $word
        switch "$at $word"
${steps(program)
  .map(({ from, word, to }) => `            case ${quote(`${from} ${word}`)}\n                set at ${quote(to)}`)
  .join("\n")}
        end
    end
    test "$at" = "$argv[1]"
end
complete -c ssot -e
complete -c ssot -f
${commands.flatMap(renderCommand).join("\n")}
`;
}

function renderCommand(command: CommandShape): readonly string[] {
  const here = `complete -c ssot -n ${quote(`__ssot_at ${quote(placeOf(command))}`)}`;
  return [
    ...command.commands.map(({ path, summary }) => `${here} -a ${path.at(-1)} -d ${quote(brief(summary))}`),
    ...command.arguments.map(argumentsOf).flatMap((values) => (values === "" ? [] : [`${here}${values}`])),
    ...optionsOf(command).map((option) => `${here}${renderOption(option)}`),
  ];
}

function renderOption({ names, description, value }: OptionShape): string {
  const spelt = names.map((name) => (name.startsWith("--") ? ` -l ${name.slice(2)}` : ` -s ${name.slice(1)}`));
  return `${spelt.join("")} -d ${quote(brief(description))}${value === undefined ? "" : valuesOf(value)}`;
}

function valuesOf({ offered, kind, needed }: ValueShape): string {
  const must = needed ? " -x" : "";
  if (offered.length > 0) return `${must} -a ${quote(offered.join(" "))}`;
  if (kind === "folder") return `${must} -a '(__fish_complete_directories)'`;
  return kind === "file" ? " -r -F" : must;
}

function argumentsOf(argument: ValueShape): string {
  if (argument.offered.length > 0) return ` -a ${quote(argument.offered.join(" "))}`;
  return argument.kind === "folder" ? ` -a '(__fish_complete_directories)'` : "";
}

// In single quotes fish reads only \\' and \\\\.
const quote = (text: string): string => `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
