import type {
  Limit,
  LoadFigures,
  RehearsedRun,
  RehearsedStep,
  RehearseReport,
  StagedDifference,
} from "../../core/rehearse/report.ts";
import { countOf, formatBytes, formatCount, formatDuration, formatServerVersion } from "../format.ts";

/** The places of a rehearsal, a label and a text each. */
export function describePlaces({ copy, target }: RehearseReport): readonly (readonly [string, string])[] {
  const textOf = ({ name, server }: RehearseReport["copy"]): string =>
    `${name} (PostgreSQL ${formatServerVersion(Number(server))})`;
  return [
    ["copy", textOf(copy)],
    ["target", target === null ? "none was named: nothing is estimated for it" : `${textOf(target)}, read only`],
  ];
}

/** What a run took, here and by the estimate. */
export function describeRun({ durationMs, estimateMs, walBytes }: RehearsedRun): string {
  const there = estimateMs === null ? "" : `, on the target about ${formatDuration(estimateMs)} (an estimate)`;
  return `${formatDuration(durationMs)}${there}, ${formatBytes(walBytes)} of WAL`;
}

/** A step's cells: name, lock and its table, how long held, what it took, rows, WAL, and what else it did. */
export function describeStep(step: RehearsedStep): readonly string[] {
  const { name, lock, table, heldMs, durationMs, estimateMs, rows, walBytes, walShared, tempBytes, rewrites } = step;
  return [
    name,
    lock === null ? "none" : table === null ? `${lock}, as its file says` : `${lock} on ${table}`,
    heldMs === null ? "" : `at most ${formatDuration(heldMs)}`,
    `${formatDuration(durationMs)}${estimateMs === null || estimateMs === durationMs ? "" : ` (target ${formatDuration(estimateMs)})`}`,
    rows === null ? "" : formatCount(rows),
    `${formatBytes(walBytes)}${walShared ? " shared" : ""}`,
    [
      ...(tempBytes > 0 ? [`${formatBytes(tempBytes)} of temporary files`] : []),
      ...(rewrites.length > 0 ? [`writes ${rewrites.join(", ")} anew`] : []),
    ].join("; "),
  ];
}

/** The heads of those cells. */
export const stepHeads = ["step", "lock", "held", "took", "rows", "WAL", "besides"] as const;

const stageWords = { migrate: "before the migrations", drop: "before the drop" } as const;

/** What was compared after each way back, and what came of it. */
export function describeComparisons({ compared }: RehearseReport): readonly string[] {
  return compared.map(
    ({ stage, tables, rows, equal }) =>
      `${equal ? "equal to" : "not equal to"} what it was ${stageWords[stage]}: schema, ${countOf(rows, "row")} of ${countOf(tables, "table")}`,
  );
}

/** One thing that did not come back. */
export function describeDifference({ kind, name, change, count, columns }: StagedDifference): string {
  if (kind !== "rows") return `${kind} ${name} is ${change}`;
  const where = columns.length === 0 ? "" : ` in ${columns.join(", ")}`;
  if (count === null) return `rows of ${name} are not what they were${where} (how many, nobody can tell any more)`;
  return `${countOf(count, "row")} of ${name} ${count === 1 ? "is" : "are"} ${change}${where}`;
}

/** A limit, and what was measured. */
export function describeLimit({ name, limit, measured, by, held }: Limit): string {
  const amount = (n: number): string => (name === "no-rewrite" ? countOf(n, "table") : formatDuration(n));
  const most = name === "no-rewrite" ? "no table written anew" : `at most ${formatDuration(limit)}`;
  return `${name}: ${most}; measured ${amount(measured)}${held ? "" : `: ${by.join("; ")}`}`;
}

/** What somebody who was served meanwhile felt. */
export function describeLoad({ run, kind, requests, p50Ms, p99Ms, maxMs, failed }: LoadFigures): readonly string[] {
  return [
    run,
    kind,
    formatCount(requests),
    `${p50Ms.toFixed(1)} ms`,
    `${p99Ms.toFixed(1)} ms`,
    formatDuration(maxMs),
    formatCount(failed),
  ];
}

export const loadHeads = ["run", "requests", "n", "p50", "p99", "longest", "failed"] as const;

/** What became of the written rows. */
export function describeLost(load: NonNullable<RehearseReport["load"]>): string {
  const { acknowledged, lost, rate, failed, codes } = load;
  const refused = failed === 0 ? "" : `; ${countOf(failed, "request")} refused (${codes.join(", ")})`;
  return `${formatCount(rate)} requests a second; ${countOf(acknowledged, "acknowledged write")}, ${lost === 0 ? "none" : formatCount(lost)} lost${refused}`;
}

/** How the claims came out. */
export function describeVerified({ verify: { ok, counts, failed } }: RehearseReport): string {
  const asked = counts.pass + counts.warn + counts.fail + counts.error;
  return ok
    ? `${formatCount(counts.pass)} of ${countOf(asked, "claim")} hold`
    : `broken or not asked: ${failed.join(", ")}`;
}

/** What else whoever signs has to know, a sentence each. */
export function listRemarks(report: RehearseReport): readonly string[] {
  const { held, waived, notCompared, stamped, stopped, wentOn, steps, copyProblems } = report;
  return [
    ...(stopped === null ? [] : [`what was left behind stopped the rehearsal: ${stopped}`]),
    ...copyProblems,
    ...held.map((reason) => `the drop is held on the copy: ${reason}`),
    ...waived.map((reason) => `set aside on the copy, the gate of the target asks it: ${reason}`),
    ...notCompared.map((table) => `not compared: ${table}`),
    ...stamped.map(
      ({ table, column, trigger }) =>
        `${table}.${column} is stamped by your trigger ${trigger} at each change, by the way back as well: not as it was`,
    ),
    ...(wentOn ? ["an earlier rehearsal had been cut off here; what it left was taken back and compared first"] : []),
    ...(steps.some(({ walShared }) => walShared)
      ? ["others wrote on this server meanwhile (a load as well): WAL marked shared is theirs as well"]
      : []),
  ];
}

/** The last line: what came out. */
export function verdictOf(report: RehearseReport): string {
  const { equal, compared, differences, limits, verify, load, held } = report;
  const broken = limits.filter((limit) => !limit.held).map(({ name }) => name);
  const reasons = [
    // Of a drop that is held nothing went, and nothing came back.
    ...(equal || compared.length === 0
      ? []
      : [`the way back does not restore the copy (${countOf(differences.length, "difference")})`]),
    ...(verify.ok ? [] : ["verify does not hold"]),
    ...(held.length === 0 ? [] : ["the drop is held"]),
    ...((load?.lost ?? 0) === 0 ? [] : [`${countOf(load?.lost ?? 0, "write was", "writes were")} lost`]),
    ...((load?.failed ?? 0) === 0
      ? []
      : [`${countOf(load?.failed ?? 0, "request of the load was", "requests of the load were")} refused`]),
    ...(broken.length === 0 ? [] : [`over the limit: ${broken.join(", ")}`]),
  ];
  if (reasons.length === 0)
    return "Rehearsed: the way back restores everything that was compared, and what is claimed holds.";
  return `Not to be done like this: ${reasons.join("; ")}.`;
}
