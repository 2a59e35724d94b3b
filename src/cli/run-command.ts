import { CommanderError } from "commander";
import { exitCodeOf, SsotError } from "../model/errors.ts";
import { Declined } from "./confirm.ts";
import { keepEvidence } from "./evidence.ts";
import { completeEmbedded } from "./global-options.ts";
import { guardIo } from "./guarded-io.ts";
import { listenForInterrupt } from "./interrupt.ts";
import type { Io } from "./io.ts";
import { printError } from "./print-error.ts";
import { commandNames, createProgram } from "./program.ts";
import { usageError } from "./usage-error.ts";

/** Runs the command that the arguments name, and gives the exit code. Never throws. */
export async function runCommand(args: readonly string[], surroundings: Io): Promise<number> {
  const evidence = keepEvidence(surroundings.now);
  const io = guardIo(surroundings, !args.includes("--no-color"));
  const interrupt = listenForInterrupt(io);
  // Somebody who reads no further (`ssot status | head -1`) stops no migration. Such an error may come after the end.
  const ignore = (): void => {};
  io.stdout.on("error", ignore);
  io.stderr.on("error", ignore);
  let exitCode = 0;
  try {
    const onFinish = (code: number): void => {
      exitCode = code;
    };
    const program = await createProgram({ args, io, signal: interrupt.signal, evidence, onFinish });
    await program.parseAsync([...completeEmbedded(args, commandNames)], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    const known = explain(error, interrupt.signal);
    const json = args.includes("--json");
    // The help has been printed in its place.
    const told = error instanceof CommanderError && error.code === "commander.help";
    if (known instanceof Declined && !json) io.stderr.write("Not confirmed. Nothing was changed.\n");
    else if (json || !told)
      await printError(known, io, { json, color: !args.includes("--no-color"), evidence: evidence.read() });
    return exitCodeOf(known);
  } finally {
    interrupt.stop();
  }
}

function explain(error: unknown, signal: AbortSignal): unknown {
  if (error instanceof CommanderError) {
    return error.code === "commander.help"
      ? new SsotError("USAGE", "no command is named", { hint: "See: ssot --help" })
      : usageError(error);
  }
  if (error instanceof SsotError) return error;
  const damage = damageOf(error);
  if (damage !== undefined) return damage;
  if (!signal.aborted) return error;
  return new SsotError("INTERRUPTED", "interrupted; what was finished before stays, and is recorded", {
    hint: "What is applied: ssot status",
    cause: error,
  });
}

// What the server says where a table, column, function or the schema of the engine is not there any more, or cannot go.
const isDamage = /^(42P01|42703|42704|42883|3F000|2BP01)$/;

function damageOf(error: unknown): SsotError | undefined {
  if (!(error instanceof Error) || !("code" in error) || !isDamage.test(String(error.code))) return undefined;
  if (!/\bssot\b/.test(error.message)) return undefined;
  return new SsotError("PREFLIGHT", `schema ssot is not whole, somebody changed it: ${error.message}`, {
    hint: "What was finished before stays, and is recorded. Bring the schema back from a backup, then run this again.",
    cause: error,
  });
}
