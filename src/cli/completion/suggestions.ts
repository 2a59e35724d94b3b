import type { Command } from "commander";

type Names = () => readonly string[] | Promise<readonly string[]>;

const known = new WeakMap<Command, Map<string, Names>>();

/**
 * Says what a shell may offer for an option (`--reporter`) or an argument (`suite`) of a command, besides the choices that its parser
 * knows. Other values stay possible. The names are asked for when a completion is written, not when the command runs.
 */
export function suggest(command: Command, option: string, names: Names): void {
  const ofCommand = known.get(command) ?? new Map<string, Names>();
  known.set(command, ofCommand.set(option, names));
}

/** What was said of it; nothing where nobody said anything. */
export async function suggestionsFor(command: Command, option: string): Promise<readonly string[]> {
  return (await known.get(command)?.get(option)?.()) ?? [];
}
