import type { VerifyReport } from "../../core/verify.ts";
import { describeRunOf, describeServer } from "../evidence.ts";
import { type VerifyContext, verdictOf } from "./context.ts";

type Check = VerifyReport["suites"][number]["checks"][number];

/**
 * TAP version 14: one test point a check, in the order of the suites, with a YAML block where there is more to say than that it
 * holds. A warning is `ok` unless it fails the run; rows only where they were asked for.
 */
export function renderTap(report: VerifyReport, context: VerifyContext): string {
  const points = report.suites.flatMap(({ id: suite, checks }) => checks.map((check) => ({ suite, check })));
  return [
    "TAP version 14",
    comment(describeServer(context.evidence) ?? "no database"),
    comment(describeRunOf(context.evidence)),
    `1..${points.length}`,
    ...points.flatMap(({ suite, check }, place) => describePoint(suite, check, place + 1, context)),
    comment(verdictOf(report)),
  ].join("\n");
}

function describePoint(suite: string, check: Check, number: number, context: VerifyContext): readonly string[] {
  const { id, title, status, actual, expected, population, hint, rows, durationMs } = check;
  const holds = status === "pass" || status === "skip" || (status === "warn" && context.failOn === "fail");
  const head = `${holds ? "ok" : "not ok"} ${number} - ${escapeText(`${suite}.${id}: ${title}`)}`;
  if (status === "skip") return [`${head} # SKIP ${escapeText(actual)}`];
  if (status === "pass") return [head];
  const told: readonly (readonly [string, unknown])[] = [
    ["severity", status],
    ["expected", expected],
    ["actual", actual],
    ["population", population],
    ["hint", hint],
    ["duration_ms", durationMs],
    ...(context.showRows ? [["rows", rows] as const] : []),
  ];
  // JSON is YAML, and no text can end the block: each value is one line.
  return [head, "  ---", ...told.map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`), "  ..."];
}

function comment(text: string): string {
  return `# ${oneLine(text)}`;
}

// Of a description `#` would begin a directive.
function escapeText(text: string): string {
  return oneLine(text).replace(/[\\#]/g, "\\$&");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
