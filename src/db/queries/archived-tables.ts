import type { Sql } from "postgres";

/** The tables whose values these drops keep: a rollback writes them back. None where nothing is kept, or by an older engine. */
export async function listArchivedTables(sql: Sql, drops: readonly string[]): Promise<readonly string[]> {
  const [row] = await sql<{ present: boolean }[]>`select to_regclass('ssot.archive') is not null as present`;
  if (!row?.present) return [];
  const rows = await sql<{ name: string }[]>`
    select distinct a.relation as name from ssot.archive as a where a.migration = any (${[...drops]}::text[]) order by 1`;
  return rows.map(({ name }) => name);
}
