import type { PlannedStep } from "../core/planned-work.ts";
import { countOf } from "./format.ts";
import { detailIndent } from "./migration-list.ts";
import type { Style } from "./style.ts";
import { wrapText } from "./wrap.ts";

// PostgreSQL's table locks, the weakest first.
const lockModes = [
  "ACCESS SHARE",
  "ROW SHARE",
  "ROW EXCLUSIVE",
  "SHARE UPDATE EXCLUSIVE",
  "SHARE",
  "SHARE ROW EXCLUSIVE",
  "EXCLUSIVE",
  "ACCESS EXCLUSIVE",
];

/** The strongest lock that these steps take, and what it blocks meanwhile; several where several are as strong. */
export function describeLocks(steps: readonly PlannedStep[], style: Style): readonly string[] {
  return listStrongestLocks(steps).map((line) => lockLine(line, style));
}

type LockingStep = Pick<PlannedStep, "lock" | "blocks">;

/** The same as sentences of no style. */
export function listStrongestLocks(steps: readonly LockingStep[]): readonly string[] {
  const strongest = Math.max(...steps.map(strengthOf));
  return [...new Set(steps.filter((step) => strengthOf(step) === strongest).map(describeLock))];
}

/** Every step in order: rows, lock, what that blocks, and the SQL as it is sent. */
export function describeSteps(steps: readonly PlannedStep[], style: Style): readonly string[] {
  return steps.flatMap((step) => {
    const rows = step.rows === null ? "" : `, ${countOf(step.rows, "row")}`;
    const how = step.transactional ? "one transaction" : "commits by itself";
    return [
      "",
      `${detailIndent}step ${step.name}${style.dim(`, ${how}${rows}`)}`,
      lockLine(describeLock(step), style),
      ...step.sql.split("\n").map((line) => `${detailIndent}  ${line}`.trimEnd()),
    ];
  });
}

function describeLock(step: LockingStep): string {
  return strengthOf(step) < 0 ? "none on your tables" : `${step.lock}; blocks ${step.blocks}`;
}

function lockLine(text: string, style: Style): string {
  const first = `${detailIndent}lock  `;
  return style.dim(wrapText(text, { width: style.width, first, rest: " ".repeat(first.length) }));
}

// "SHARE" begins "SHARE UPDATE EXCLUSIVE" as well: the longest mode that fits is meant.
function strengthOf({ lock }: LockingStep): number {
  const fitting = lockModes.filter((mode) => lock.startsWith(`${mode} `));
  const longest = fitting.toSorted((a, b) => b.length - a.length)[0];
  return longest === undefined ? -1 : lockModes.indexOf(longest);
}
