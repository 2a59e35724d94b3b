import type { GeneratedTable } from "../../../db/queries/copying/generation-facts.ts";
import { type Generated, mostRows } from "../generate/generate-rows.ts";

// Of a call with a transcript, and its indexes.
const rowBytes = 1000;

/** About what the generated rows of these tables will take. Pure. */
export function expectedBytes(tables: readonly GeneratedTable[]): number {
  return tables.reduce((sum, { rows }) => sum + Math.min(rows, mostRows) * rowBytes, 0);
}

/** What whoever reads the report has to know of rows that are nobody's, a sentence each. Pure. */
export function tellGenerated(generated: readonly Generated[]): readonly string[] {
  if (generated.length === 0) return [];
  const fewer = generated.filter(({ rows, target }) => rows < target);
  const sum = generated.reduce((total, { rows }) => total + rows, 0);
  return [
    `no row was copied: ${count(sum)} were generated for ${generated.length} tables, by the statistics of the target; other tables are empty`,
    ...fewer.map(
      ({ table, rows, target }) => `${table} has ${count(rows)} generated rows, the target about ${count(target)}`,
    ),
  ];
}

function count(rows: number): string {
  return rows.toLocaleString("en-US");
}
