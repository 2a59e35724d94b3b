import { type Command, Option } from "commander";
import type { EmbeddedCopy } from "../../core/rehearse/copy/options.ts";
import type { RehearseOptions } from "../../core/rehearse/options.ts";
import type { RehearseReport } from "../../core/rehearse/report.ts";
import type { Target } from "../../db/target.ts";
import { SsotError } from "../../model/errors.ts";
import { suggest } from "../completion/suggestions.ts";
import { helpText } from "../help.ts";
import { type Invocation, type Register, TargetReached } from "../invocation.ts";
import { parseDuration } from "../parse-duration.ts";
import { wholeNumber } from "../parse-number.ts";
import {
  chooseReporters,
  closeReports,
  openReports,
  type ReporterChoice,
  type ReporterName,
  type ReportForms,
  readReporter,
  writeReports,
} from "../reporters.ts";
import {
  addRunOptions,
  allow,
  asksOf,
  onUnfixablePhone,
  type ReaderFlags,
  type RunFlags,
  reads,
  replaceView,
  withRunOptions,
} from "../run-options.ts";
import { storyOf } from "../with-target.ts";

interface RehearseFlags extends RunFlags, ReaderFlags {
  readonly on: string;
  readonly for?: string;
  readonly schemaOnly?: true;
  readonly phase: "1" | "3";
  readonly only?: readonly string[];
  readonly with?: readonly string[];
  readonly onUnfixablePhone: "abort" | "quarantine";
  readonly replaceView?: true;
  readonly writeLoad?: number;
  readonly maxLock?: number;
  readonly maxDuration?: number;
  readonly rewrite: boolean;
  readonly reporter?: readonly ReporterChoice[];
}

const forms: readonly ReporterName[] = ["table", "json", "junit", "markdown", "html"];

/** `ssot rehearse`: the whole change and its way back on a copy, measured. */
export function defineRehearse(program: Command, register: Register): void {
  const command = program
    .command("rehearse")
    .summary("do it all on a copy, take it back, and measure")
    .description(
      "Migrates a copy of your database, verifies it, takes everything back, compares, and migrates again; each step is measured.",
    )
    .requiredOption("--on <url>", "the copy, which is changed: its URL, or embedded: ssot makes one by pg_dump")
    .option("--for <url>", "the database that it was made of, which is read (default: that of the other commands)")
    .option("--schema-only", "with --on embedded: no rows, but generated ones in the target's sizes")
    .addOption(new Option("--phase <n>", "3: also the drop, and its way back").choices(["1", "3"]).default("1"))
    .addOption(
      new Option("--only <name>", "with --phase 3: this drop alone; repeatable").argParser(
        (name: string, before: readonly string[] = []) => [...before, name],
      ),
    )
    .option("--with <name...>", "also an optional migration: search")
    .option("--write-load <n>", "write and read meanwhile, so many requests a second", wholeNumber(1, 10_000))
    .option("--max-lock <duration>", "fail where a lock that traffic waits for is held longer: 500ms", parseDuration)
    .option("--max-duration <duration>", "fail where one forward run takes longer: 5min", parseDuration)
    .option("--no-rewrite", "fail where a table is written anew")
    .addOption(
      new Option("--reporter <name[=file]>", `${forms.slice(0, -1).join(", ")} or html; repeatable`).argParser(
        (text: string, before: readonly ReporterChoice[] = []) => [...before, readReporter(text, forms)],
      ),
    );
  command.addOption(reads()).addOption(allow("a role whose reads and writes do not close the gate"));
  addRunOptions(command, onUnfixablePhone(), replaceView()).addHelpText(
    "after",
    helpText(
      [
        "ssot rehearse --on embedded --for postgres://user@host/db",
        "ssot rehearse --on postgres://user@host/copy",
        "ssot rehearse --on postgres://user@host/copy --for postgres://user@host/db --phase 3 --max-lock 500ms",
      ],
      [0, 1, 2, 3, 4, 5, 130],
    ),
  );
  suggest(command, "--reporter", () => forms);
  suggest(command, "--on", () => ["embedded"]);
  suggest(command, "--with", () => ["search"]);
  register<RehearseFlags>(command, handleRehearse);
}

async function handleRehearse(invocation: Invocation, flags: RehearseFlags): Promise<number> {
  if (flags.only !== undefined && flags.phase !== "3") throw new SsotError("USAGE", "--only is for --phase 3 only");
  if (invocation.options.embedded !== undefined) {
    throw new SsotError("USAGE", "--embedded names no copy", { hint: "Expected: ssot rehearse --on URL [--for URL]" });
  }
  const isEmbedded = flags.on === "embedded";
  if (flags.schemaOnly && !isEmbedded) throw new SsotError("USAGE", "--schema-only is for --on embedded only");
  const choices = chooseReporters(invocation, flags.reporter ?? []);
  if (invocation.untilTarget) throw new TargetReached();
  const original = await originalOf(invocation, flags);
  const files = await openReports(invocation, choices);
  try {
    const report = isEmbedded
      ? await runEmbedded(invocation, flags, original)
      : await run(invocation, flags, { target: await resolve(invocation, flags.on), problems: [] }, original);
    await writeReports(invocation, report, choices, files, formsOf(invocation));
    return report.ok ? 0 : 1;
  } finally {
    await closeReports(files);
  }
}

/** On a copy that is made for it, and goes with it. */
async function runEmbedded(
  invocation: Invocation,
  flags: RehearseFlags,
  original: Target | undefined,
): Promise<RehearseReport> {
  if (original === undefined) {
    throw new SsotError("USAGE", "--on embedded makes a copy, and no database is named to make it of", {
      hint: "Expected: ssot rehearse --on embedded --for URL",
    });
  }
  const directory = await storyOf(invocation);
  const { withEmbeddedCopy } = await import("../../core/rehearse/copy/with-embedded-copy.ts");
  const { createProgress } = await import("../progress.ts");
  const { progress, begin, close } = createProgress(invocation);
  return withEmbeddedCopy(
    {
      target: original,
      directory,
      environment: invocation.io.env,
      schemaOnly: flags.schemaOnly ?? false,
      signal: invocation.signal,
      onStage: begin,
      onWarning: progress.onWarning,
    },
    (copy) => {
      close();
      return run(invocation, flags, copy, original);
    },
  ).finally(close);
}

async function run(
  invocation: Invocation,
  flags: RehearseFlags,
  copy: EmbeddedCopy,
  original: Target | undefined,
): Promise<RehearseReport> {
  const { rehearse } = await import("../../core/rehearse/rehearse.ts");
  const { verify } = await invocation.configuration();
  const asks = await asksOf(invocation, flags);
  // The report names both places itself.
  invocation.evidence.onTarget(original ?? copy.target, { inReport: true });
  return withRunOptions(invocation, flags, copy.target, (options): Promise<RehearseReport> => {
    const told: RehearseOptions = {
      ...options,
      original,
      copyProblems: copy.problems,
      phase3: flags.phase === "3",
      drops: flags.only,
      optional: flags.with,
      asks,
      onUnfixablePhone: flags.onUnfixablePhone,
      replaceView: flags.replaceView,
      writeLoad: flags.writeLoad,
      limits: { maxLockMs: flags.maxLock, maxDurationMs: flags.maxDuration, noRewrite: !flags.rewrite },
      verify: {
        suitesDirectory: verify.suitesDirectory,
        thresholds: new Map(Object.entries(verify.thresholds)),
        settings: {
          tenantRole: verify.tenantRole,
          tenantConfigured: verify.tenantConfigured,
          tenantSettings: verify.tenantSettings,
          dashboard: undefined,
        },
        timeoutSeconds: 60,
      },
    };
    return rehearse(told);
  });
}

function formsOf({ options: { verbose } }: Invocation): ReportForms<RehearseReport> {
  return {
    table: async (report, style) =>
      (await import("../../report/rehearse/table.ts")).renderRehearsal(report, style, { verbose: verbose ?? false }),
    junit: async (report, evidence) => (await import("../../report/rehearse/junit.ts")).renderJunit(report, evidence),
    markdown: async (report, evidence) =>
      (await import("../../report/rehearse/markdown.ts")).renderMarkdown(report, evidence),
    html: async (report, evidence) => (await import("../../report/rehearse/html.ts")).renderHtml(report, evidence),
  };
}

async function resolve({ io }: Invocation, databaseUrl: string): Promise<Target> {
  const { resolveTarget } = await import("../../db/target.ts");
  return resolveTarget({ databaseUrl, environment: io.env, directory: io.cwd() });
}

// Whoever works on a database otherwise does not want it rehearsed on: it is compared with the copy wherever it is known.
async function originalOf({ io, options }: Invocation, flags: RehearseFlags): Promise<Target | undefined> {
  const { findTarget } = await import("../../db/target.ts");
  return findTarget({ databaseUrl: flags.for ?? options.databaseUrl, environment: io.env, directory: io.cwd() });
}
