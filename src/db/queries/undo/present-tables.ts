import type { Sql } from "postgres";

/** Which of these tables are there: an older engine has fewer, and others. */
export async function listPresentTables(sql: Sql, names: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await sql<{ name: string }[]>`
    select n.name from unnest(${[...names]}::text[]) as n(name) where to_regclass(n.name) is not null order by 1`;
  return new Set(rows.map(({ name }) => name));
}
