import type { Sql } from "postgres";

/** Drops whose columns are named by what another drop of the same table derives for rows that came since: first they have to come back. */
export async function listLaterDrops(sql: Sql, drop: string): Promise<readonly string[]> {
  const [row] = await sql<{ present: boolean }[]>`
    select exists (select from pg_catalog.pg_attribute as a
                   where a.attrelid = to_regclass('ssot.archive') and a.attname = 'derive' and not a.attisdropped) as present`;
  if (!row?.present) return [];
  const rows = await sql<{ name: string }[]>`
    select b.migration as name
    from ssot.archive as a join ssot.archive as b on b.relation = a.relation and b.migration <> a.migration
    join ssot.ledger as l on l.name = b.migration
    where a.migration = ${drop} and array_to_string(a.derive, ' ') ~* ssot.column_pattern(b.columns)
    order by 1`;
  return rows.map(({ name }) => name);
}
