import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { packageRoot } from "../model/package-root.ts";
import { defineAudit } from "./commands/audit.ts";
import { defineDemo } from "./commands/demo.ts";
import { defineDoctor } from "./commands/doctor.ts";
import { defineExport } from "./commands/export.ts";
import { defineFinalize } from "./commands/finalize.ts";
import { defineMigrate } from "./commands/migrate.ts";
import { defineRollback } from "./commands/rollback.ts";
import { defineStatus } from "./commands/status.ts";
import { defineVerify } from "./commands/verify.ts";
import { addGlobalOptions, type GlobalOptions } from "./global-options.ts";
import { exitCodeHelp } from "./help.ts";
import type { Register } from "./invocation.ts";
import { type Io, widthOf } from "./io.ts";

export interface ProgramOptions {
  readonly io: Io;
  readonly signal: AbortSignal;
  /** Gets the exit code of the command that ran. */
  readonly onFinish: (exitCode: number) => void;
}

/** The commands and their options. Parsing throws a CommanderError instead of ending the process. */
export function createProgram({ io, signal, onFinish }: ProgramOptions): Command {
  const program = new Command("ssot")
    .description("Makes contacts.name the single source of truth of a calls database, and can take it back.")
    .version(readVersion(), "--version", "print the version")
    .helpOption("-h, --help", "print help")
    .helpCommand("help [command]", "print the help of a command")
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
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
    .addHelpText("after", `\n${exitCodeHelp}`);
  addGlobalOptions(program);
  const register: Register = (command, handler) => {
    command.action(async () => {
      const options = command.optsWithGlobals<GlobalOptions>();
      onFinish(await handler({ io, signal, options }, command.opts()));
    });
  };
  defineMigrate(program, register);
  defineVerify(program, register);
  defineAudit(program, register);
  defineRollback(program, register);
  defineStatus(program, register);
  defineExport(program, register);
  defineFinalize(program, register);
  defineDoctor(program, register);
  defineDemo(program, register);
  return program;
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  const known = typeof manifest === "object" && manifest !== null && "version" in manifest;
  return known && typeof manifest.version === "string" ? manifest.version : "unknown";
}
