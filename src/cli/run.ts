import { readVersion } from "../model/version.ts";
import type { Io } from "./io.ts";

export type { Input, Io, Output, Signal } from "./io.ts";

/**
 * Runs the command line (`argv` as a process has it) and gives the exit code. Never throws, never ends the process but
 * on a second interrupt.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const args = argv.slice(2);
  // Scripts ask it often: it needs neither the parser nor the commands.
  if (args.length === 1 && args[0] === "--version") {
    io.stdout.write(`${readVersion()}\n`);
    return 0;
  }
  const { runCommand } = await import("./run-command.ts");
  return runCommand(args, io);
}
