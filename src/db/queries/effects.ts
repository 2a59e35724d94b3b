import type { Sql } from "postgres";

/** Rows that a migration has changed so far, or that its rollback restored or kept, by effect. Needs the tool's tables. */
export async function readTally(
  sql: Sql,
  migration: string,
  direction: "migrate" | "restored" | "kept",
): Promise<Readonly<Record<string, number>>> {
  const rows = await sql<{ what: string; n: string }[]>`
    select t.what, t.n from ssot.tally as t
    where t.migration = ${migration} and t.direction = ${direction} order by t.what`;
  return Object.fromEntries(rows.map(({ what, n }) => [what, Number(n)]));
}
