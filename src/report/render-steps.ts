import type { PlannedStep } from "../core/plan.ts";
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

/** The strongest lock that these steps take, and what it keeps from working meanwhile; a line a table. */
export function describeLocks(steps: readonly PlannedStep[], style: Style): readonly string[] {
  const strongest = Math.max(...steps.map(strengthOf));
  if (strongest < 0) return [style.dim(`${detailIndent}no lock on your tables`)];
  const lines = steps.filter((step) => strengthOf(step) === strongest).map(describeLock);
  return [...new Set(lines)].map((line) => style.dim(indented(line, style.width, detailIndent)));
}

/** Every step in order: rows, lock, what that blocks, and the SQL as it is sent. */
export function describeSteps(steps: readonly PlannedStep[], style: Style): readonly string[] {
  return steps.flatMap((step) => {
    const rows = step.rows === null ? "" : `, ${countOf(step.rows, "row")}`;
    const how = step.transactional ? "in one transaction" : "commits by itself";
    return [
      "",
      `${detailIndent}step ${step.name}${rows}, ${how}`,
      style.dim(indented(strengthOf(step) < 0 ? "no lock on your tables" : describeLock(step), style.width, detailIndent)),
      "",
      ...step.sql.split("\n").map((line) => `${detailIndent}  ${line}`.trimEnd()),
    ];
  });
}

function describeLock({ lock, blocks }: PlannedStep): string {
  return `${lock}; blocks ${blocks}`;
}

// "SHARE" begins "SHARE UPDATE EXCLUSIVE" as well: the longest mode that fits is meant.
function strengthOf({ lock }: PlannedStep): number {
  const fitting = lockModes.filter((mode) => lock.startsWith(`${mode} `));
  const longest = fitting.toSorted((a, b) => b.length - a.length)[0];
  return longest === undefined ? -1 : lockModes.indexOf(longest);
}

function indented(text: string, width: number, indent: string): string {
  return wrapText(text, { width, first: indent, rest: `${indent}  ` });
}
