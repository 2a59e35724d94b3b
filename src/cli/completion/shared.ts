import { allCommands, type CommandShape, type OptionShape } from "./grammar.ts";

/** A command's place in a script: `ssot audit deprecated`. */
export const placeOf = ({ path }: CommandShape): string => path.join(" ");

/** Every option that may be typed behind a command's name. */
export const optionsOf = ({ own, global }: CommandShape): readonly OptionShape[] => [...own, ...global];

/** The way from a place to the next by one word: how a script finds which command is being typed. */
export function steps(
  program: CommandShape,
): readonly { readonly from: string; readonly word: string; readonly to: string }[] {
  return allCommands(program).flatMap((command) =>
    command.commands.map(({ path }) => ({ from: placeOf(command), word: path.at(-1) ?? "", to: path.join(" ") })),
  );
}

/** Names of options that never stand without a value, in whatever command: what follows one is no command. */
export function namesThatTake(program: CommandShape): readonly string[] {
  const all = allCommands(program).flatMap(optionsOf);
  const others = new Set(all.flatMap(({ names, value }) => (value?.needed ? [] : names)));
  return [...new Set(all.flatMap(({ names }) => names))].filter((name) => !others.has(name));
}

/** A text that a POSIX shell reads as it is. */
export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** The first sentence or so of a description: a list of completions has one line for each. */
export function brief(text: string): string {
  const [first = ""] = text.split(/; |\. /);
  return first.length <= 70 ? first : `${first.slice(0, 69)}…`;
}
