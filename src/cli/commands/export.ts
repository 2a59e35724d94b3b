import { resolve } from "node:path";
import { type Command, Option } from "commander";
import type { ExportFormat } from "../../core/export.ts";
import { SsotError } from "../../model/errors.ts";
import { suggest } from "../completion/suggestions.ts";
import { unguarded } from "../guarded-io.ts";
import { helpText } from "../help.ts";
import type { Invocation, Register } from "../invocation.ts";
import { printReport } from "../print-report.ts";
import { onUnfixablePhone, type RunFlags, replaceView, trustRole, userTriggers } from "../run-options.ts";
import { storyOf } from "../with-target.ts";

interface ExportFlags extends Pick<RunFlags, "trustRole"> {
  readonly format: ExportFormat;
  readonly dir?: string;
  readonly phase: "1" | "3";
  readonly with?: readonly string[];
  readonly onUnfixablePhone: "abort" | "quarantine";
  readonly userTriggers?: "fire";
  readonly replaceView?: true;
}

/** `ssot export`: the migrations as SQL that needs no ssot. Asks no database. */
export function defineExport(program: Command, register: Register): void {
  const command = program
    .command("export")
    .summary("write the migrations as plain SQL")
    .description("Writes the migrations as SQL that needs no ssot, for a SQL editor, an RPC or supabase db push.")
    .addOption(
      new Option("--format <format>", "sql: numbered files; supabase: named for supabase db push")
        .choices(["sql", "supabase"])
        .makeOptionMandatory(),
    )
    .option("--dir <dir>", "folder to write to; without one, sql goes to stdout")
    .addOption(
      new Option("--phase <n>", "3: the drop alone, for when its gate is open").choices(["1", "3"]).default("1"),
    )
    .option("--with <name...>", "also an optional migration: search")
    .addOption(onUnfixablePhone())
    .addOption(replaceView())
    .addOption(userTriggers())
    .addOption(trustRole())
    .addHelpText(
      "after",
      helpText(
        [
          "ssot export --format supabase --dir supabase/migrations",
          "ssot export --format sql | psql -1 -v ON_ERROR_STOP=1",
        ],
        [0, 2, 4],
      ),
    );
  suggest(command, "--with", () => ["search"]);
  register<ExportFlags>(command, handleExport);
}

async function handleExport(invocation: Invocation, flags: ExportFlags): Promise<number> {
  const { format, dir, phase, with: optional } = flags;
  const { io, options } = invocation;
  const { exportFiles, writeExport } = await import("../../core/export.ts");
  const directory = await storyOf(invocation);
  const told = {
    optional,
    onUnfixablePhone: flags.onUnfixablePhone,
    userTriggers: flags.userTriggers,
    replaceView: flags.replaceView,
    trustRoles: flags.trustRole,
  };
  const what = { directory, format, phase: phase === "3" ? 3 : 1, ...told } as const;
  if (dir === undefined) {
    if (format !== "sql" || options.json) {
      throw new SsotError(
        "USAGE",
        `${options.json ? "--json" : "--format supabase"} needs a folder: expected --dir DIR`,
      );
    }
    // SQL to be run, and nothing of a database in it: every letter counts.
    unguarded(io.stdout).write((await exportFiles(what)).map(({ sql }) => sql).join("\n"));
    return 0;
  }
  const into = resolve(io.cwd(), dir);
  const report = await writeExport({ ...what, into, overwrite: options.yes === true });
  const { renderExport } = await import("../../report/render-export.ts");
  await printReport(invocation, report, renderExport);
  return 0;
}
