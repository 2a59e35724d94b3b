import type postgres from "postgres";

/**
 * The tables of the tool in which one of these texts stands, in any column of any row: schema ssot, and the audit. Asked
 * past the code under test, from the catalog.
 */
export async function tablesThatTell(sql: postgres.Sql, texts: readonly string[]): Promise<readonly string[]> {
  const tables = await sql<{ name: string }[]>`
    select c.oid::regclass::text as name from pg_catalog.pg_class as c
    where c.relkind = 'r'
      and (c.relnamespace = to_regnamespace('ssot') or c.oid = to_regclass('public.deprecated_column_audit'))
    order by 1`;
  const telling: string[] = [];
  for (const { name } of tables) {
    const [row] = await sql<{ told: boolean }[]>`
      select exists (
        select from ${sql.unsafe(name)} as r cross join unnest(${[...texts]}::text[]) as t(text)
        where strpos(to_jsonb(r)::text, t.text) > 0
      ) as told`;
    if (row?.told) telling.push(name);
  }
  return telling;
}

/** Rows of a table of the tool. */
export async function countRows(sql: postgres.Sql, table: string): Promise<number> {
  const [row] = await sql<{ n: number }[]>`select count(*)::integer as n from ${sql.unsafe(table)}`;
  return row?.n ?? 0;
}
