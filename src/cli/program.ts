import { Command } from "commander";
import { readVersion } from "../model/version.ts";
import type { EvidenceKeeper } from "./evidence.ts";
import { addGlobalOptions, type GlobalOptions } from "./global-options.ts";
import { exitCodeHelp } from "./help.ts";
import { type Register, TargetReached } from "./invocation.ts";
import { type Io, widthOf } from "./io.ts";
import { toldOptions } from "./told-options.ts";

/** Adds a command to the program. */
type Define = (program: Command, register: Register) => void;

/** The commands, in the order of the help. Loading one takes time, and seldom is more than one wanted. */
const commands: Readonly<Record<string, (args: readonly string[]) => Promise<Define>>> = {
  migrate: async () => (await import("./commands/migrate.ts")).defineMigrate,
  verify: async () => (await import("./commands/verify.ts")).defineVerify,
  audit: async () => (await import("./commands/audit.ts")).defineAudit,
  rehearse: async () => (await import("./commands/rehearse.ts")).defineRehearse,
  rollback: async () => (await import("./commands/rollback.ts")).defineRollback,
  deprecate: async () => (await import("./commands/deprecate.ts")).defineDeprecate,
  status: async () => (await import("./commands/status.ts")).defineStatus,
  export: async () => (await import("./commands/export.ts")).defineExport,
  finalize: async () => (await import("./commands/finalize.ts")).defineFinalize,
  doctor: async () => (await import("./commands/doctor.ts")).defineDoctor,
  fleet: async (args) => (await import("./fleet/define-fleet.ts")).loadFleet(args),
  demo: async () => (await import("./commands/demo.ts")).defineDemo,
  completion: async () => (await import("./commands/completion.ts")).defineCompletion,
};

export const commandNames: readonly string[] = [...Object.keys(commands), "help"];

export interface ProgramOptions {
  readonly args: readonly string[];
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly evidence: EvidenceKeeper;
  /** Gets the exit code of the command that ran. */
  readonly onFinish: (exitCode: number) => void;
  /** Checks options and files alone: a handler ends with TargetReached where it would ask a database. */
  readonly untilTarget?: boolean;
}

/**
 * The commands and their options; where arguments are the name of a command, of those only. Parsing throws a
 * CommanderError instead of ending the process.
 */
export async function createProgram({
  args,
  io,
  signal,
  evidence,
  onFinish,
  untilTarget,
}: ProgramOptions): Promise<Command> {
  const program = new Command("ssot")
    .description(
      "Retires columns of a PostgreSQL database without losing a value, and makes contacts.name the single source of truth of a calls database.",
    )
    .version(readVersion(), "--version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print the help of a command")
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, minWidthToWrap: 10 })
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
      // Errors are printed in one place, by run().
      outputError: () => {},
      getOutHelpWidth: () => widthOf(io.stdout),
      getErrHelpWidth: () => widthOf(io.stderr),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText("after", exitCodeHelp);
  addGlobalOptions(program, args);
  const check = (other: readonly string[]): Promise<void> => checkOnly({ args: other, io, signal });
  const register: Register = (command, handler) => {
    command.action(async () => {
      const options = command.optsWithGlobals<GlobalOptions>();
      evidence.begin(topOf(command).name(), toldOptions(command));
      const configuration = remember(async () => {
        const { readConfiguration } = await import("../core/configuration.ts");
        return readConfiguration(options.config, io.cwd());
      });
      onFinish(await handler({ io, signal, options, configuration, evidence, untilTarget, check }, command.opts()));
    });
  };
  // A completion is made of all of them.
  const named = args.includes("completion") ? [] : Object.keys(commands).filter((name) => args.includes(name));
  for (const [name, load] of Object.entries(commands)) {
    if (named.length === 0 || named.includes(name)) (await load(args))(program, register);
  }
  return program;
}

// `audit` of `audit deprecated`: reports name that.
function topOf(command: Command): Command {
  return command.parent === null || command.parent.parent === null ? command : topOf(command.parent);
}

/** Runs a command line up to where its command would ask a database. */
async function checkOnly(options: Pick<ProgramOptions, "args" | "io" | "signal">): Promise<void> {
  try {
    const { keepEvidence } = await import("./evidence.ts");
    const told = { evidence: keepEvidence(), onFinish: () => {}, untilTarget: true };
    const program = await createProgram({ ...options, ...told });
    await program.parseAsync([...options.args], { from: "user" });
  } catch (error) {
    if (!(error instanceof TargetReached)) throw error;
  }
}

/** Does the work when it is asked for the first time, and keeps what came of it. */
function remember<T>(work: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined;
  return () => {
    known ??= work();
    return known;
  };
}
