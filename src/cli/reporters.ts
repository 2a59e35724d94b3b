import type { FileHandle } from "node:fs/promises";
import { resolve } from "node:path";
import { InvalidArgumentError } from "commander";
import type { VerifyReport } from "../core/verify.ts";
import type { VerifyContext } from "../report/verify/context.ts";
import { visibleReport } from "../report/visible-report.ts";
import { guardText, unguarded } from "./guarded-io.ts";
import type { Invocation } from "./invocation.ts";
import { cannotWrite, openFile } from "./output-file.ts";
import { printReport } from "./print-report.ts";

const names = ["table", "json", "junit", "markdown", "github", "html"] as const;

type ReporterName = (typeof names)[number];

/** A form of the report, and the file that it goes to; undefined: the screen. */
export interface ReporterChoice {
  readonly name: ReporterName;
  readonly file: string | undefined;
}

/** Reads `NAME` or `NAME=FILE`. */
export function readReporter(text: string): ReporterChoice {
  const [, wanted, file] = /^([a-z]+)(?:=(.+))?$/s.exec(text) ?? [];
  const name = names.find((known) => known === wanted);
  if (name === undefined)
    throw new InvalidArgumentError(`Expected NAME or NAME=FILE; NAME is one of ${names.join(", ")}.`);
  return { name, file };
}

const jobSummary = Symbol("the summary of a GitHub job");

/** The files that reports go to, as they were named. */
export type ReportFiles = ReadonlyMap<string | typeof jobSummary, FileHandle>;

/**
 * Opens the files before anything is asked, and empties them: a report of an earlier run is none of this one, however it ends. Throws
 * CONFIGURATION for one that cannot be written.
 */
export async function openReports({ io }: Invocation, choices: readonly ReporterChoice[]): Promise<ReportFiles> {
  const files = new Map<string | typeof jobSummary, FileHandle>();
  try {
    for (const { file } of choices) {
      if (file !== undefined && !files.has(file))
        files.set(file, await openFile(resolve(io.cwd(), file), "w", "report"));
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
export async function writeReports(
  invocation: Invocation,
  report: VerifyReport,
  choices: readonly ReporterChoice[],
  files: ReportFiles,
  told: VerifyContext,
): Promise<void> {
  const { io } = invocation;
  const context = visibleReport(told);
  for (const { name, file } of choices) {
    if (name === "table" && file === undefined) {
      const { renderVerify } = await import("../report/verify/table.ts");
      await printReport(invocation, report, (data, style) => renderVerify(data, style, context));
      continue;
    }
    const text = `${(await render(name, report, context)).trimEnd()}\n`;
    // A workflow command of ours is not to be broken: its data are escaped.
    const safe = name === "github" ? text : guardText(text);
    if (file === undefined) unguarded(io.stdout).write(safe);
    else await write(files, file, safe);
  }
  if (!files.has(jobSummary)) return;
  const { renderMarkdown } = await import("../report/verify/markdown.ts");
  await write(files, jobSummary, guardText(`${renderMarkdown(visibleReport(report), context)}\n`));
}

async function render(name: ReporterName, exact: VerifyReport, context: VerifyContext): Promise<string> {
  const report = visibleReport(exact);
  switch (name) {
    case "table": {
      const { renderVerify } = await import("../report/verify/table.ts");
      const { createStyle } = await import("../report/style.ts");
      return renderVerify(report, createStyle({ color: false, width: 100 }), context);
    }
    case "json":
      return (await import("../report/json.ts")).renderJson(exact);
    case "junit":
      return (await import("../report/verify/junit.ts")).renderJunit(report, context);
    case "markdown":
      return (await import("../report/verify/markdown.ts")).renderMarkdown(report, context);
    case "github":
      return (await import("../report/verify/github.ts")).renderGithub(report, context);
    case "html":
      return (await import("../report/verify/html.ts")).renderHtml(report, context);
  }
}

async function write(files: ReportFiles, file: string | typeof jobSummary, text: string): Promise<void> {
  try {
    await files.get(file)?.writeFile(text);
  } catch (cause) {
    throw cannotWrite("report", typeof file === "string" ? file : jobSummary.description, cause);
  }
}
