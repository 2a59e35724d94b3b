import type { VerifyReport } from "../../core/verify.ts";
import { nothingToLookAt } from "../../model/nothing-to-look-at.ts";
import { countOf, formatCount, formatDuration } from "../format.ts";
import type { Style } from "../style.ts";
import { alignColumns } from "../table.ts";
import { wrapText } from "../wrap.ts";
import { describeOutcome, formatValue, statusWords, type VerifyContext, verdictOf } from "./context.ts";

type Suite = VerifyReport["suites"][number];
type Check = Suite["checks"][number];

const barWidth = 20;
const mostRows = 5;
const indent = " ".repeat(6);

/** A line a suite; below it what needs a look, with its rows and what to do; coverage as bars; the verdict last. */
export function renderVerify(report: VerifyReport, style: Style, context: Pick<VerifyContext, "exitCode">): string {
  const heads = alignColumns(padRows(report.suites.map(({ id, checks }) => [id, ...countCells(checks, style)])));
  const body = report.suites.flatMap((suite, place) => [
    heads[place] ?? "",
    ...(suite.id === "coverage" ? coverageBars(report, style) : []),
    ...suite.checks.flatMap((check) => describeCheck(check, style)),
    ...describeSkipped(suite, style),
  ]);
  const unseen = report.suites.flatMap(({ id, checks }) =>
    checks.filter(sawNothing).map((check) => `${id}.${check.id}`),
  );
  const quiet =
    unseen.length === 0
      ? []
      : [style.dim(wrapText(`${nothingToLookAt}: ${unseen.join(", ")}`, { width: style.width, rest: "  " }))];
  const verdict = verdictOf(report);
  const paint = context.exitCode === 0 ? (report.counts.warn > 0 ? style.look : style.good) : style.broken;
  const end = `exit ${context.exitCode} · ${formatDuration(report.durationMs)}`;
  const lines = wrapText(verdict, { width: style.width }).split("\n").map(paint).join("\n");
  return [...body, ...quiet, "", style.dim(end), lines].join("\n");
}

function countCells(checks: readonly Check[], style: Style): readonly string[] {
  const count = (wanted: Check["status"]): number => checks.filter(({ status }) => status === wanted).length;
  const paint = { pass: style.good, warn: style.look, fail: style.broken, error: style.broken, skip: style.dim };
  return (["pass", "warn", "fail", "error", "skip"] as const)
    .filter((status) => count(status) > 0)
    .map((status) => paint[status](`${String(count(status)).padStart(2)} ${statusWords[status]}`));
}

// The columns are made from the first row: every other must have as many cells.
function padRows(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  const most = Math.max(...rows.map((row) => row.length));
  return rows.map((row) => [...row, ...Array.from({ length: most - row.length }, () => "")]);
}

// A bar of what can be linked; below it total, linked and percent, as the mission document's query gives them.
function coverageBars({ coverage }: VerifyReport, style: Style): readonly string[] {
  return (coverage?.directions ?? []).flatMap(({ direction, total, linked, pct, linkable, linkableLinked }) => {
    const head = `${indent}${direction.padEnd(10)} `;
    if (linkable === 0) return [style.dim(`${head}no call that can be linked, of ${formatCount(total)}`)];
    const share = linkableLinked / linkable;
    const full = Math.floor(share * barWidth);
    const bar = "█".repeat(full) + "░".repeat(barWidth - full);
    return [
      `${head}${bar} ${(100 * share).toFixed(1).padStart(5)} %  (${formatCount(linkableLinked)} of ${formatCount(linkable)} linkable)`,
      ...wrapText(
        `total ${formatCount(total)}, linked ${formatCount(linked)}, ${pct?.toFixed(1)} %${besides(linked - linkableLinked)}`,
        { width: style.width, first: " ".repeat(head.length) },
      )
        .split("\n")
        .map((line) => style.dim(line)),
    ];
  });
}

// The bar is of calls that can be linked; a linked call that is none of them is told, so that both lines count the same.
function besides(others: number): string {
  return others === 0
    ? ""
    : `; ${formatCount(others)} of them are besides: from a browser, or their number cannot be read`;
}

function describeCheck({ id, title, status, actual, expected, rows, hint }: Check, style: Style): readonly string[] {
  if (status === "pass" || status === "skip") return [];
  const paint = status === "warn" ? style.look : style.broken;
  const below = { width: style.width, first: `${indent}  `, rest: `${indent}  ` };
  const said = describeOutcome({ status, actual, expected });
  return [
    `${indent}${paint(`${id}: ${statusWords[status]}`)}`,
    wrapText(bare(`${title}: ${said}`), below),
    ...alignColumns(
      rows
        .slice(0, mostRows)
        .map((row) => Object.entries(row).map(([name, value]) => style.dim(bare(`${name} ${formatValue(value)}`)))),
      `${indent}    `,
      style.width,
    ),
    ...(rows.length > mostRows
      ? [style.dim(`${indent}    and ${countOf(rows.length - mostRows, "row")} more with --json`)]
      : []),
    ...(hint === null ? [] : [wrapText(hint, { ...below, first: `${indent}→ ` })]),
  ];
}

// A value of a row must not be able to steer the terminal.
function bare(text: string): string {
  return text.replace(/\s+/g, " ").replace(/\p{Cc}/gu, "\ufffd");
}

function sawNothing({ status, actual }: Check): boolean {
  return status === "skip" && actual === nothingToLookAt;
}

// One line a reason, however many checks it concerns.
function describeSkipped({ checks }: Suite, style: Style): readonly string[] {
  const reasons = new Map<string, Check[]>();
  for (const check of checks) {
    if (check.status === "skip" && !sawNothing(check))
      reasons.set(check.actual, [...(reasons.get(check.actual) ?? []), check]);
  }
  return [...reasons].map(([reason, skipped]) => {
    const who = skipped.length === checks.length ? "all" : skipped.map(({ id }) => id).join(", ");
    return style.dim(wrapText(`skipped ${who}: ${reason}`, { width: style.width, first: indent, rest: `${indent}  ` }));
  });
}
