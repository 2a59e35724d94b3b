/** How many rows, and bytes, a table has on the copy and on the target. */
export interface TablePair {
  readonly copy: { readonly rows: number; readonly bytes: number };
  readonly target: { readonly rows: number; readonly bytes: number };
}

// A round trip, a plan, a commit: a step of an empty table takes this.
const fixedMs = 5;

/**
 * How long a step is expected to take on the target: what it took on the copy, in the proportion of the rows of the largest table that it
 * worked on. What changes the catalog alone takes as long anywhere. Pure.
 */
export function estimateMs(
  durationMs: number,
  tables: readonly TablePair[],
  { readsRows }: { readonly readsRows: boolean },
): number {
  if (!readsRows) return Math.round(durationMs);
  const factor = Math.max(0, ...tables.map(factorOf)) || 1;
  return Math.round(Math.min(durationMs, fixedMs) + Math.max(0, durationMs - fixedMs) * factor);
}

function factorOf({ copy, target }: TablePair): number {
  if (copy.rows > 0 && target.rows > 0) return target.rows / copy.rows;
  return copy.bytes > 0 && target.bytes > 0 ? target.bytes / copy.bytes : 1;
}
