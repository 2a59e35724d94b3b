import { resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import { SsotError } from "../model/errors.ts";
import { attest, evidenceOf, type ShownEvidence } from "../model/evidence.ts";
import type { Style } from "../report/style.ts";
import { visibleReport } from "../report/visible-report.ts";
import { guardText, unguarded } from "./guarded-io.ts";
import type { Invocation } from "./invocation.ts";
import { wantsColor, widthOf } from "./io.ts";
import { cannotWrite, openFile, openReplacement, type ReportFile } from "./output-file.ts";

/** The forms of a report, as `--reporter` names them. */
export const reporterNames = ["table", "json", "junit", "markdown", "github", "html", "tap", "openmetrics"] as const;

export type ReporterName = (typeof reporterNames)[number];

/** How a command's report is written, besides JSON; a form that is missing it has not. */
export interface ReportForms<Report> {
  readonly table: (report: Report, style: Style) => Promise<string>;
  readonly junit?: (report: Report, evidence: ShownEvidence) => Promise<string>;
  readonly markdown: (report: Report, evidence: ShownEvidence) => Promise<string>;
  readonly github?: (report: Report, evidence: ShownEvidence) => Promise<string>;
  readonly html?: (report: Report, evidence: ShownEvidence) => Promise<string>;
  readonly tap?: (report: Report, evidence: ShownEvidence) => Promise<string>;
  readonly openmetrics?: (report: Report, evidence: ShownEvidence) => Promise<string>;
}

/** A form of the report, and the file that it goes to; undefined: the screen. */
export interface ReporterChoice {
  readonly name: ReporterName;
  readonly file: string | undefined;
}

/** Reads `NAME` or `NAME=FILE`; names that a command has not are refused. */
export function readReporter(text: string, names: readonly ReporterName[] = reporterNames): ReporterChoice {
  const [, wanted, file] = /^([a-z]+)(?:=(.+))?$/s.exec(text) ?? [];
  const name = names.find((known) => known === wanted);
  if (name === undefined)
    throw new InvalidArgumentError(`Expected NAME or NAME=FILE; NAME is one of ${names.join(", ")}.`);
  return { name, file };
}

const jobSummary = Symbol("the summary of a GitHub job");

/** The files that reports go to, as they were named. */
export type ReportFiles = ReadonlyMap<string | typeof jobSummary, ReportFile>;

/**
 * Opens the files before anything is asked, and empties them: a report of an earlier run is none of this one, however it ends. Metrics
 * stay until there are new ones, and say of when they are. Throws
 * CONFIGURATION for one that cannot be written.
 */
export async function openReports({ io }: Invocation, choices: readonly ReporterChoice[]): Promise<ReportFiles> {
  const files = new Map<string | typeof jobSummary, ReportFile>();
  try {
    for (const { name, file } of choices) {
      if (file === undefined || files.has(file)) continue;
      const path = resolve(io.cwd(), file);
      files.set(file, await (name === "openmetrics" ? openReplacement(path, "report") : openFile(path, "w", "report")));
    }
    const summary = io.env.GITHUB_STEP_SUMMARY;
    if (summary && choices.some(({ name }) => name === "github"))
      files.set(jobSummary, await openFile(summary, "a", "report"));
    return files;
  } catch (error) {
    await closeReports(files);
    throw error;
  }
}

export async function closeReports(files: ReportFiles): Promise<void> {
  for (const file of files.values()) await file.close();
}

/** Writes the report in every form that was chosen. Throws CONFIGURATION when a file cannot be written. */
export async function writeReports<Report extends object>(
  invocation: Invocation,
  exact: Report,
  choices: readonly ReporterChoice[],
  files: ReportFiles,
  forms: ReportForms<Report>,
): Promise<void> {
  const { io, options } = invocation;
  const [{ createStyle }, { renderEvidence }] = await Promise.all([
    import("../report/style.ts"),
    import("../report/evidence.ts"),
  ]);
  const report = visibleReport(exact);
  const told = evidenceOf(exact, invocation.evidence.read());
  const evidence = visibleReport(told);
  const table = async (shown: ShownEvidence, style: Style): Promise<string> =>
    `${renderEvidence(shown, style)}\n${await forms.table(report, style)}`;
  const render = async (name: ReporterName): Promise<string> => {
    if (name === "json") return (await import("../report/json.ts")).renderJson(attest(exact, told));
    if (name === "table") return table(withTarget(evidence), createStyle({ color: false, width: 100 }));
    return forms[name]?.(report, evidence) ?? "";
  };
  for (const { name, file } of choices) {
    if (name === "table" && file === undefined) {
      const color = wantsColor(io.stdout, io.env, options.color);
      io.stdout.write(`${await table(evidence, createStyle({ color, width: widthOf(io.stdout) }))}\n`);
      continue;
    }
    const text = `${(await render(name)).trimEnd()}\n`;
    // A workflow command of ours is not to be broken: its data are escaped.
    const safe = name === "github" ? text : guardText(text);
    if (file === undefined) unguarded(io.stdout).write(safe);
    else await write(files, file, safe);
  }
  if (files.has(jobSummary)) await write(files, jobSummary, guardText(`${await forms.markdown(report, evidence)}\n`));
}

// Whoever reads the file has not seen the terminal.
function withTarget(evidence: ShownEvidence): ShownEvidence {
  return evidence.targetToldBy === "terminal" ? { ...evidence, targetToldBy: null } : evidence;
}

/** Those of the command line and `--json`; without any for the screen, the table. Throws USAGE for two that would share it. */
export function chooseReporters({ options }: Invocation, asked: readonly ReporterChoice[]): readonly ReporterChoice[] {
  const choices: readonly ReporterChoice[] = options.json ? [...asked, { name: "json", file: undefined }] : asked;
  const onScreen = choices.filter(({ file }) => file === undefined);
  if (onScreen.length > 1) {
    throw new SsotError(
      "USAGE",
      `only one reporter can write to the screen: ${onScreen.map(({ name }) => name).join(", ")}`,
      {
        hint: "Give the others a file: --reporter NAME=FILE",
      },
    );
  }
  return onScreen.length === 0 ? [{ name: "table", file: undefined }, ...choices] : choices;
}

async function write(files: ReportFiles, file: string | typeof jobSummary, text: string): Promise<void> {
  try {
    await files.get(file)?.writeFile(text);
  } catch (cause) {
    throw cannotWrite("report", typeof file === "string" ? file : jobSummary.description, cause);
  }
}
