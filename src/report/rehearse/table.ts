import { isServed, type RehearsedRun, type RehearsedStep, type RehearseReport } from "../../core/rehearse/report.ts";
import { countOf, formatBytes, formatDuration } from "../format.ts";
import type { Style } from "../style.ts";
import { alignColumns } from "../table.ts";
import { wrapText } from "../wrap.ts";
import {
  describeComparisons,
  describeDifference,
  describeLimit,
  describeLoad,
  describeLost,
  describePlaces,
  describeRun,
  describeVerified,
  listRemarks,
  loadHeads,
  verdictOf,
} from "./describe.ts";

const mostSteps = 4;
const mostDifferences = 20;

/** Where, each run with the steps that matter (`verbose`: all), what came back, what was measured, and the verdict. */
export function renderRehearsal(
  report: RehearseReport,
  style: Style,
  { verbose }: { readonly verbose: boolean },
): string {
  const labelled = (label: string, text: string, paint = (line: string): string => line): string =>
    paint(wrapText(text, { width: style.width, first: label.padEnd(8), rest: " ".repeat(8) }));
  const { differences, limits, load, verify } = report;
  const further = differences.length - mostDifferences;
  return [
    ...describePlaces(report).map(([label, text]) => labelled(label, text)),
    "",
    ...report.runs.flatMap((run) => describeRunLines(run, report.steps, style, verbose)),
    "",
    ...describeComparisons(report).map((line) =>
      labelled("back", line, line.startsWith("equal") ? style.good : style.broken),
    ),
    ...differences
      .slice(0, mostDifferences)
      .map((difference) => labelled("", describeDifference(difference), style.broken)),
    ...(further > 0 ? [labelled("", `and ${countOf(further, "difference")} more with --json`)] : []),
    labelled("verify", describeVerified(report), verify.ok ? style.good : style.broken),
    ...limits.map((limit) => labelled("limit", describeLimit(limit), limit.held ? style.good : style.broken)),
    ...(load === null
      ? []
      : [
          labelled("load", describeLost(load), isServed(load) ? style.good : style.broken),
          ...alignColumns(
            [[...loadHeads], ...load.figures.map((figures) => [...describeLoad(figures)])],
            " ".repeat(8),
          ),
        ]),
    ...describeRoom(report).map((line) => labelled("room", line)),
    ...listRemarks(report).map((line) => labelled("look", line, style.look)),
    "",
    style.dim(`${formatDuration(report.durationMs)}, ${formatBytes(report.clientMemoryBytes)} of memory here`),
    (report.ok ? style.good : style.broken)(wrapText(verdictOf(report), { width: style.width })),
  ].join("\n");
}

function describeRunLines(
  run: RehearsedRun,
  steps: readonly RehearsedStep[],
  style: Style,
  verbose: boolean,
): readonly string[] {
  const own = steps.filter((step) => step.run === run.name);
  const slowest = own.toSorted((a, b) => b.durationMs - a.durationMs).slice(0, mostSteps);
  const longest = own.toSorted((a, b) => heldOf(b) - heldOf(a)).slice(0, mostSteps);
  const shown = verbose ? own : own.filter((step) => slowest.includes(step) || longest.includes(step));
  const rest = own.length - shown.length;
  return [
    wrapText(describeRun(run), { width: style.width, first: `${run.name}: `, rest: "    " }),
    ...shown.map((step) =>
      style.dim(wrapText(describeBriefly(step), { width: style.width, first: "    ", rest: "        " })),
    ),
    ...(rest > 0 ? [style.dim(`    and ${countOf(rest, "step")} more with -v`)] : []),
  ];
}

function heldOf({ heldMs, blocks }: RehearsedStep): number {
  return blocks === "writes" || blocks === "reads and writes" ? (heldMs ?? 0) : -1;
}

function describeBriefly(step: RehearsedStep): string {
  const { name, lock, table, heldMs, durationMs, rows, walBytes, rewrites } = step;
  return [
    `${name}: ${formatDuration(durationMs)}`,
    ...(lock === null || table === null ? [] : [`${lock} on ${table} held ${formatDuration(heldMs ?? 0)} at most`]),
    ...(rows === null || rows === 0 ? [] : [countOf(rows, "row")]),
    ...(walBytes < 1_000_000 ? [] : [`${formatBytes(walBytes)} of WAL`]),
    ...(rewrites.length === 0 ? [] : [`writes ${rewrites.join(", ")} anew`]),
  ].join(", ");
}

// What grew by a tenth of a megabyte or more.
function describeRoom({ growth }: RehearseReport): readonly string[] {
  return growth
    .filter(
      ({ tableBytes, tableBytesBefore, indexBytes, indexBytesBefore }) =>
        tableBytes + indexBytes - tableBytesBefore - indexBytesBefore > 100_000,
    )
    .map(
      ({ table, tableBytes, tableBytesBefore, indexBytes, indexBytesBefore, deadRows }) =>
        `${table}: ${formatBytes(tableBytesBefore)} to ${formatBytes(tableBytes)}, its indexes ${formatBytes(indexBytesBefore)} to ${formatBytes(indexBytes)}; ${countOf(deadRows, "dead row")}`,
    );
}
