import type { Argument, Command, Option } from "commander";
import { suggestionsFor } from "./suggestions.ts";

/** What stands behind an option, or in the place of an argument. */
export interface ValueShape {
  /** As the help has it: `file`, `name[=file]`. */
  readonly name: string;
  readonly needed: boolean;
  readonly repeatable: boolean;
  /** Values to offer; of an option of some choices these are all. */
  readonly offered: readonly string[];
  readonly kind: "file" | "folder" | "text";
}

export interface OptionShape {
  /** `-q`, `--quiet`: one of them, or both. */
  readonly names: readonly string[];
  readonly description: string;
  /** Undefined: a switch. */
  readonly value: ValueShape | undefined;
}

export interface CommandShape {
  /** From `ssot` on. */
  readonly path: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly usage: string;
  readonly own: readonly OptionShape[];
  /** Those that every command takes, as far as it has none of the same name itself. */
  readonly global: readonly OptionShape[];
  readonly arguments: readonly (ValueShape & { readonly description: string })[];
  readonly commands: readonly CommandShape[];
}

/** All that can be typed, as the parser knows it: for completions and the man page. */
export async function describeCommand(command: Command, above: readonly string[] = []): Promise<CommandShape> {
  const path = [...above, command.name()];
  const help = command.createHelp();
  const own = await inTurn(help.visibleOptions(command), (option) => describeOption(command, option));
  const taken = new Set(own.flatMap(({ names }) => names));
  const globals = await inTurn(help.visibleGlobalOptions(command), (option) => describeOption(command, option));
  // The command that prints help has no commands of its own, but takes their names.
  const below = help.visibleCommands(command);
  const commands = await inTurn(below, async (each) => {
    const shape = await describeCommand(each, path);
    if (each.name() !== "help") return shape;
    const offered = below.map((one) => one.name()).filter((name) => name !== "help");
    return { ...shape, arguments: shape.arguments.map((argument) => ({ ...argument, offered })) };
  });
  return {
    path,
    summary: help.subcommandDescription(command),
    description: help.commandDescription(command),
    usage: help.commandUsage(command),
    own,
    global: globals.filter(({ names }) => !names.some((name) => taken.has(name))),
    arguments: await inTurn(command.registeredArguments, (argument) => describeArgument(command, argument)),
    commands,
  };
}

/** The command itself and all below it. */
export function allCommands(command: CommandShape): readonly CommandShape[] {
  return [command, ...command.commands.flatMap(allCommands)];
}

async function describeOption(command: Command, option: Option): Promise<OptionShape> {
  const { flags, short, long, description, argChoices, required, optional } = option;
  const names = [short, long].filter((name) => name !== undefined);
  const [, name = ""] = /[<[](.+?)(?:\.\.\.)?[>\]]$/.exec(flags) ?? [];
  const offered = argChoices ?? (await suggestionsFor(command, long ?? ""));
  const repeatable = option.variadic || /; repeatable/.test(description);
  const value = { name, needed: required, repeatable, offered, kind: kindOf(name) };
  return { names, description: describe(option), value: required || optional ? value : undefined };
}

async function describeArgument(command: Command, argument: Argument): Promise<CommandShape["arguments"][number]> {
  const { description, required, variadic, argChoices } = argument;
  const name = argument.name();
  const offered = argChoices ?? (await suggestionsFor(command, name));
  return { name, description, needed: required, repeatable: variadic, offered, kind: kindOf(name) };
}

function describe({ description, defaultValue, defaultValueDescription }: Option): string {
  const told = defaultValueDescription ?? (typeof defaultValue === "boolean" ? undefined : defaultValue);
  return told === undefined ? description : `${description} (default: ${told})`;
}

const kindOf = (name: string): ValueShape["kind"] =>
  name === "dir" ? "folder" : /(^|\[=)file\b/.test(name) ? "file" : "text";

// One after the other: a list of suggestions may load modules, and order is kept.
async function inTurn<From, To>(items: readonly From[], work: (item: From) => Promise<To>): Promise<readonly To[]> {
  const done: To[] = [];
  for (const item of items) done.push(await work(item));
  return done;
}
