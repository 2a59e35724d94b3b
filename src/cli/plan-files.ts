import { type FileHandle, readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import type { PlanDocument } from "../core/plan-document/document.ts";
import type { Approval } from "../core/plan-document/follow.ts";
import { SsotError } from "../model/errors.ts";
import { visible } from "../model/visible.ts";
import { guardText } from "./guarded-io.ts";
import type { Invocation } from "./invocation.ts";
import { cannotWrite, openFile } from "./output-file.ts";

/** What is declared here, as commander reads it. */
export interface PlanFlags {
  readonly dryRun?: true;
  readonly planOut?: readonly string[];
  readonly plan?: string;
  readonly tolerance?: number;
}

const usualTolerance = 10;

/** How a plan is written, and followed. */
export function addPlanOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        "--plan-out <file>",
        "with --dry-run: write the plan, to be approved and followed; FILE.md: to be read in a pull request; repeatable",
      ).argParser((file: string, before: readonly string[] = []) => [...before, file]),
    )
    .addOption(
      new Option("--plan <file>", "do what this plan says, or refuse with every difference").conflicts("dryRun"),
    )
    .addOption(
      new Option(
        "--tolerance <percent>",
        `with --plan: how far a count of rows may have moved (default: ${usualTolerance})`,
      ).argParser(percent),
    );
}

function percent(text: string): number {
  const n = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (n <= 1_000_000) return n;
  throw new InvalidArgumentError("Expected a percentage: a number from 0 up.");
}

/** Throws USAGE for options that say nothing without another one. */
export function refuseStrayPlanFlags({ dryRun, planOut, plan, tolerance }: PlanFlags): void {
  if (planOut !== undefined && !dryRun) throw new SsotError("USAGE", "--plan-out is for --dry-run only");
  if (tolerance !== undefined && plan === undefined) throw new SsotError("USAGE", "--tolerance is for --plan only");
}

/**
 * Reads the plan that is to be followed; undefined: none is named. Throws CONFIGURATION for a file that cannot be read, PLAN_FILE for
 * one that is no plan of this command.
 */
export async function readPlan<C extends PlanDocument["command"]>(
  { io }: Invocation,
  { plan, tolerance = usualTolerance }: PlanFlags,
  command: C,
): Promise<Approval<Extract<PlanDocument, { command: C }>> | undefined> {
  if (plan === undefined) return undefined;
  const text = await readFile(resolve(io.cwd(), plan), "utf8").catch((cause: unknown) => {
    throw new SsotError("CONFIGURATION", `the plan cannot be read: ${plan}`, { cause });
  });
  const { readPlanText } = await import("../core/plan-document/seal.ts");
  const document = readPlanText(text, plan);
  if (isOf(document, command)) return { document, tolerance };
  throw new SsotError("PLAN_FILE", `${plan} is a plan of ssot ${document.command}`, {
    hint: `Nothing was changed. Follow it with: ssot ${document.command} --plan ${plan}`,
  });
}

function isOf<C extends PlanDocument["command"]>(
  document: PlanDocument,
  command: C,
): document is Extract<PlanDocument, { command: C }> {
  return document.command === command;
}

/**
 * Throws USAGE for an option of the command line that says something else than the plan. `said` are the options that were given, as
 * `--name`, with what they say and what the plan says.
 */
export function refuseContradictions(
  said: readonly (readonly [name: string, here: unknown, planned: unknown])[],
): void {
  const against = said.filter(([, here, planned]) => JSON.stringify(here) !== JSON.stringify(planned));
  if (against.length === 0) return;
  throw new SsotError("USAGE", `the plan says otherwise than ${against.map(([name]) => name).join(", ")}`, {
    hint: "Leave these options away, the plan has them; or make another plan. Nothing was changed.",
  });
}

/** Gives the plan to the files that were named, once it is there. */
export interface PlanFiles {
  write(document: PlanDocument): Promise<void>;
  /** The command that follows it. */
  readonly apply: string | undefined;
}

/**
 * Opens and empties the files before anything is asked: a plan of an earlier run is none of this one. Throws CONFIGURATION for one that
 * cannot be written.
 */
export async function withPlanFiles<T>(
  { io }: Invocation,
  { planOut = [] }: PlanFlags,
  command: PlanDocument["command"],
  work: (files: PlanFiles) => Promise<T>,
): Promise<T> {
  const opened: { readonly file: string; readonly handle: FileHandle }[] = [];
  const json = planOut.find((file) => !isMarkdown(file));
  const apply = `ssot ${command} --plan ${json ?? "FILE"}`;
  try {
    for (const file of planOut) opened.push({ file, handle: await openFile(resolve(io.cwd(), file), "w", "plan") });
    return await work({
      apply: planOut.length === 0 ? undefined : apply,
      write: async (document) => {
        const [{ renderJson }, { renderPlanMarkdown }, { visibleReport }] = await Promise.all([
          import("../report/json.ts"),
          import("../report/plan-markdown.ts"),
          import("../report/visible-report.ts"),
        ]);
        for (const { file, handle } of opened) {
          const text = isMarkdown(file)
            ? guardText(renderPlanMarkdown(visibleReport(document), { apply: visible(apply) }))
            : renderJson(document);
          await handle.writeFile(`${text}\n`).catch((cause: unknown) => {
            throw cannotWrite("plan", file, cause);
          });
        }
      },
    });
  } finally {
    for (const { handle } of opened) await handle.close();
  }
}

function isMarkdown(file: string): boolean {
  return /\.(md|markdown)$/i.test(file);
}
