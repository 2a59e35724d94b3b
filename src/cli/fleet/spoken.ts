import type { Command } from "commander";

/** An option as it was given on the command line: its name, and its argument as it was typed. */
export interface Spoken {
  readonly name: string;
  readonly value: string | undefined;
}

/**
 * Keeps which options are given to commands, in their order, as commander reads them: so that the same can be said to another program
 * without guessing which words of a command line belong together. Before the command line is read.
 */
export function listenTo(commands: readonly Command[]): readonly Spoken[] {
  const spoken: Spoken[] = [];
  for (const command of commands) {
    for (const option of command.options) {
      const name = option.long ?? option.short ?? "";
      command.on(`option:${option.name()}`, (value: string | null | undefined) => {
        spoken.push({ name, value: value ?? undefined });
      });
    }
  }
  return spoken;
}

/** The same as words of a command line, each argument bound to its option. */
export function wordsOf(spoken: readonly Spoken[]): readonly string[] {
  return spoken.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`));
}
