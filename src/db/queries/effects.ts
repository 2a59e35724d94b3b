import type { Sql } from "postgres";

/** Rows changed, restored or kept so far, by effect. Needs the tool's tables. */
export async function readTally(
  sql: Sql,
  direction: "migrate" | "restored" | "kept",
): Promise<Readonly<Record<string, number>>> {
  const rows = await sql<{ what: string; n: string }[]>`
    select what, n from ssot.tally where direction = ${direction} order by what`;
  return Object.fromEntries(rows.map(({ what, n }) => [what, Number(n)]));
}
