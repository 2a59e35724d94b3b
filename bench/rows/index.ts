import type { BenchRow } from "../row.ts";

/** Every row, in the order of the table in docs/performance.md. */
export const rows: readonly BenchRow[] = [];
