import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { VerifyOptions, VerifyReport } from "../../core/verify.ts";
import type { Target } from "../../db/target.ts";
import { SsotError } from "../../model/errors.ts";
import { isUuid } from "../../model/uuid.ts";
import type { VerifyContext } from "../../report/verify/context.ts";
import { suggest } from "../completion/suggestions.ts";
import { helpText } from "../help.ts";
import { untilInterrupted } from "../interrupt.ts";
import type { Invocation, Register } from "../invocation.ts";
import { wholeNumber } from "../parse-number.ts";
import { printReport } from "../print-report.ts";
import {
  chooseReporters,
  closeReports,
  openReports,
  type ReporterChoice,
  type ReportFiles,
  type ReportForms,
  readReporter,
  reporterNames,
  writeReports,
} from "../reporters.ts";
import { allow, asksOf, type ReaderFlags, type RunFlags, reads, trustRole } from "../run-options.ts";
import { storyOf, withTarget } from "../with-target.ts";

interface VerifyFlags extends Pick<RunFlags, "trustRole">, ReaderFlags {
  readonly list?: true;
  readonly reporter?: readonly ReporterChoice[];
  readonly failOn: "fail" | "warn";
  readonly readOnly?: true;
  readonly record?: true;
  readonly notify?: string;
  readonly dashboardUrl?: string;
  readonly token?: string;
  readonly org?: string;
  readonly threshold?: readonly (readonly [string, number])[];
  readonly suites?: string;
  readonly showRows?: true;
  readonly timeout: number;
}

/** `ssot verify`: asks the database whether everything that was promised holds. Changes nothing. */
export function defineVerify(program: Command, register: Register): void {
  const command = program
    .command("verify")
    .summary("prove that everything holds")
    .description("Asks every claim about the migrated database. What must write is rolled back: nothing stays.")
    .argument("[suite...]", "the suites to ask (default: all; see --list)")
    .option("--list", "list the suites and their checks; ask nothing")
    .addOption(
      new Option(
        "--reporter <name[=file]>",
        "table, json, junit, markdown, github, html, tap or openmetrics; repeatable",
      ).argParser((text: string, before: readonly ReporterChoice[] = []) => [...before, readReporter(text)]),
    )
    .addOption(new Option("--fail-on <what>", "what makes the exit code 1").choices(["fail", "warn"]).default("fail"))
    .option("--read-only", "skip what must write, and say so")
    .option("--record", "keep the coverage of this run, for the trend")
    .addOption(
      new Option(
        "--notify <url>",
        "with --record: tell this URL when the verdict is another one than before; signed with SSOT_NOTIFY_SECRET",
      ),
    )
    .option("--dashboard-url <url>", "ask the live dashboard, too")
    .option("--token <token>", "its bearer token; SSOT_DASHBOARD_TOKEN keeps it out of the list of processes")
    .option("--org <uuid>", "look at one organisation only", readUuid)
    .addOption(
      new Option("--threshold <name=value>", "another threshold, such as coverage.inbound=0.9; repeatable").argParser(
        (text, before: readonly (readonly [string, number])[] = []) => [...before, readThreshold(text)],
      ),
    )
    .option("--suites <dir>", "a folder with more suites")
    .option("--show-rows", "show values of rows that may be a person's")
    .option("--timeout <seconds>", "how long one check may take", wholeNumber(1), 60)
    .addOption(allow("do not count this role"))
    .addOption(reads())
    .addOption(trustRole())
    .addHelpText(
      "after",
      helpText(
        [
          "ssot verify",
          "ssot verify schema coverage --fail-on warn",
          "ssot verify --reporter github --reporter junit=verify.xml",
        ],
        [0, 1, 2, 3, 130],
      ),
    );
  suggest(command, "--reporter", () => reporterNames);
  suggest(command, "suite", async () => {
    const [{ listSuites }, { migrationsDirectory }] = await Promise.all([
      import("../../core/verify.ts"),
      import("../../migrations/packs.ts"),
    ]);
    const known = await listSuites({ directory: migrationsDirectory(), suitesDirectory: undefined });
    return known.map(({ id }) => id);
  });
  register<VerifyFlags>(command, (invocation, flags) => handleVerify(invocation, flags, command.args));
}

async function handleVerify(invocation: Invocation, flags: VerifyFlags, suites: readonly string[]): Promise<number> {
  const { io } = invocation;
  const { verify: configuration } = await invocation.configuration();
  const suitesDirectory = flags.suites === undefined ? configuration.suitesDirectory : resolve(io.cwd(), flags.suites);
  const directory = await storyOf(invocation);
  if (flags.list) {
    if (flags.reporter !== undefined)
      throw new SsotError("USAGE", "--list asks nothing to report on: expected --json at most");
    return list(invocation, { directory, suitesDirectory });
  }
  if (flags.token !== undefined && flags.dashboardUrl === undefined) {
    throw new SsotError("USAGE", "--token is for --dashboard-url only");
  }
  const notify = readNotify(flags, io.env.SSOT_NOTIFY_SECRET);
  const choices = chooseReporters(invocation, flags.reporter ?? []);
  const options: Omit<VerifyOptions, "target" | "onSuite" | "onSql"> = {
    directory,
    suites,
    suitesDirectory,
    thresholds: new Map([...Object.entries(configuration.thresholds), ...(flags.threshold ?? [])]),
    settings: {
      tenantRole: configuration.tenantRole,
      tenantConfigured: configuration.tenantConfigured,
      tenantSettings: configuration.tenantSettings,
      dashboard:
        flags.dashboardUrl === undefined
          ? undefined
          : { url: readUrl(flags.dashboardUrl, "--dashboard-url"), token: flags.token ?? io.env.SSOT_DASHBOARD_TOKEN },
    },
    readOnly: flags.readOnly ?? false,
    record: flags.record ?? false,
    failOn: flags.failOn,
    asks: await asksOf(invocation, flags),
    org: flags.org,
    showRows: flags.showRows ?? false,
    timeoutSeconds: flags.timeout,
    trustRoles: flags.trustRole,
  };
  invocation.evidence.refine({
    threshold: Object.fromEntries(options.thresholds),
    tenantRole: configuration.tenantRole,
  });
  return withTarget(invocation, async (target) => {
    const files = await openReports(invocation, choices);
    try {
      return await ask(invocation, options, target, choices, files, notify);
    } finally {
      await closeReports(files);
    }
  });
}

async function ask(
  invocation: Invocation,
  options: Omit<VerifyOptions, "target" | "onSuite" | "onSql">,
  target: Target,
  choices: readonly ReporterChoice[],
  files: ReportFiles,
  notify: Notify | undefined,
): Promise<number> {
  const { exitCodeOfReport, verify } = await import("../../core/verify.ts");
  const { createProgress } = await import("../progress.ts");
  const { begin, close, progress } = createProgress(invocation);
  begin("counting calls and contacts");
  const { onSql } = progress;
  const work = verify({ ...options, target, onSuite: (id) => begin(`asking ${id}`), onSql });
  const report = await untilInterrupted(work, invocation.signal).finally(close);
  const exitCode = exitCodeOfReport(report, options.failOn);
  const context = { exitCode, failOn: options.failOn, showRows: options.showRows };
  await writeReports(invocation, report, choices, files, formsOf(context));
  if (notify !== undefined) await tell(invocation, report, notify);
  return exitCode;
}

function formsOf(context: Omit<VerifyContext, "evidence">): ReportForms<VerifyReport> {
  return {
    table: async (report, style) => (await import("../../report/verify/table.ts")).renderVerify(report, style, context),
    junit: async (report, evidence) =>
      (await import("../../report/verify/junit.ts")).renderJunit(report, { ...context, evidence }),
    markdown: async (report, evidence) =>
      (await import("../../report/verify/markdown.ts")).renderMarkdown(report, { ...context, evidence }),
    github: async (report, evidence) =>
      (await import("../../report/verify/github.ts")).renderGithub(report, { ...context, evidence }),
    tap: async (report, evidence) =>
      (await import("../../report/verify/tap.ts")).renderTap(report, { ...context, evidence }),
    openmetrics: async (report, evidence) =>
      (await import("../../report/verify/openmetrics.ts")).renderOpenMetrics(report, { ...context, evidence }),
    html: async (report, evidence) =>
      (await import("../../report/verify/html.ts")).renderHtml(report, { ...context, evidence }),
  };
}

async function list(
  invocation: Invocation,
  where: Pick<VerifyOptions, "directory" | "suitesDirectory">,
): Promise<number> {
  const { listSuites } = await import("../../core/verify.ts");
  const { renderSuiteList } = await import("../../report/render-suite-list.ts");
  const suites = await listSuites(where);
  const entries = suites.map(({ id, title, checks }) => ({
    id,
    title,
    checks: checks.map(({ id: check, claim, severity = "fail" }) => ({ id: check, claim, severity })),
  }));
  await printReport(invocation, { command: "verify", suites: entries }, renderSuiteList);
  return 0;
}

interface Notify {
  readonly url: string;
  readonly secret: string;
}

// Without a record nobody knows what came out before.
function readNotify({ notify, record }: VerifyFlags, secret: string | undefined): Notify | undefined {
  if (notify === undefined) return undefined;
  if (!record) {
    throw new SsotError("USAGE", "--notify tells what changed since the last recorded run: expected --record", {
      hint: "Expected: ssot verify --record --notify URL",
    });
  }
  if (!secret) {
    throw new SsotError("CONFIGURATION", "--notify signs what it sends, and SSOT_NOTIFY_SECRET is not set", {
      hint: "Set it to a random text that the receiver knows as well.",
    });
  }
  return { url: readUrl(notify, "--notify"), secret };
}

// The verdict stands, whoever hears of it.
async function tell({ io, signal, evidence }: Invocation, report: VerifyReport, notify: Notify): Promise<void> {
  const { deliver, notificationOf } = await import("../notify.ts");
  const notification = notificationOf(report, evidence.read());
  if (notification === undefined) return;
  const problem = await deliver(notification, { ...notify, signal, now: io.now ?? (() => new Date()) });
  if (problem === undefined) return;
  const { host } = new URL(notify.url);
  io.stderr.write(`warning ${host} was not told that the verdict changed (${problem}); the verdict stands\n`);
}

function readUuid(text: string): string {
  if (isUuid(text)) return text.toLowerCase();
  throw new InvalidArgumentError("Expected the organisation's id, a UUID.");
}

function readThreshold(text: string): readonly [string, number] {
  const [, name, value] = /^([a-z0-9-]+\.[a-z0-9-]+)=(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (name !== undefined && value !== undefined) return [name, Number(value)];
  throw new InvalidArgumentError("Expected SUITE.CHECK=NUMBER, such as coverage.inbound=0.9.");
}

function readUrl(text: string, option: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : "";
  if (protocol === "http:" || protocol === "https:") return text;
  throw new SsotError("USAGE", `${option} expects a URL that begins with http:// or https://`);
}
