import type { Sql } from "postgres";
import type { KeptData } from "./personal-data.ts";

/** What is kept because of one deprecation in a table: all of it, or the rows about its columns. */
export interface KeptRows {
  /** Schema-qualified. */
  readonly table: string;
  /** Condition on the table's row x; null: every row, the table is its own. */
  readonly rows: string | null;
}

/** Where the values lie that these drops keep, schema-qualified; none by an older engine. */
export async function listStores(sql: Sql, drops: readonly string[]): Promise<readonly string[]> {
  const [row] = await sql<{ present: boolean }[]>`select to_regclass('ssot.archive') is not null as present`;
  if (!row?.present) return [];
  const rows = await sql<{ name: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as name
    from ssot.archive as a join pg_catalog.pg_class as c on c.oid = to_regclass(a.store)
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where a.migration = any (${[...drops]}::text[]) order by 1`;
  return rows.map(({ name }) => name);
}

/** Where something is kept because of a deprecation: values, originals, audited writes. */
export async function listKeptOf(
  sql: Sql,
  { mark, drop }: { readonly mark: string; readonly drop: string | undefined },
): Promise<readonly KeptRows[]> {
  const [known] = await sql<{ present: boolean }[]>`select to_regclass('ssot.column_audit') is not null as present`;
  if (!known?.present) return [];
  const stores = drop === undefined ? [] : await listStores(sql, [drop]);
  const about = await sql<{ table: string; rows: string }[]>`
    with d as (
      select x.relation, c.relname as short_name, array_agg(x.column_name::text) as columns
      from ssot.deprecated_column as x left join pg_catalog.pg_class as c on c.oid = to_regclass(x.relation)
      where x.migration = ${mark} group by x.relation, c.relname
    )
    select 'ssot.column_audit' as table, format('x.relation = %L and x.column_name = any (%L)', d.relation, d.columns) as rows from d
    union all
    select 'ssot.unrestored', format('x.relation = %L and x.column_name = any (%L)', d.relation, d.columns) from d
    union all
    select n.name, format('x.table_name = %L and x.column_name = any (%L)', d.short_name, d.columns)
    from d cross join (values ('public.deprecated_column_audit'), ('ssot.deprecated_column_audit')) as n(name)
    where d.relation = 'public.calls' and to_regclass(n.name) is not null
    order by 1`;
  return [...stores.map((table) => ({ table, rows: null })), ...about];
}

/** How much of these rows there is; tables without any are left out. */
export function measureRows(sql: Sql, kept: readonly KeptRows[]): Promise<readonly KeptData[]> {
  return each(sql, kept, ({ table, rows }) => {
    if (rows === null) return `select count(*) as n, pg_total_relation_size('${table}') as bytes from ${table}`;
    return `select count(*) as n, coalesce(sum(pg_column_size(x)), 0) as bytes from ${table} as x where ${rows}`;
  });
}

/** Removes these rows, and tells how much that was. Whoever writes to a table that others share need not wait. */
export async function removeRows(sql: Sql, kept: readonly KeptRows[]): Promise<readonly KeptData[]> {
  const whole = kept.filter(({ rows }) => rows === null);
  // Counted under the lock: what is told is what goes.
  for (const { table } of whole) await sql.unsafe(`lock table ${table} in access exclusive mode`);
  const emptied = await measureRows(sql, whole);
  for (const { table } of whole) await sql.unsafe(`truncate ${table}`);
  const parts = kept.filter(({ rows }) => rows !== null);
  const deleted = await each(
    sql,
    parts,
    ({ table, rows }) => `
      with gone as (delete from ${table} as x where ${rows} returning pg_column_size(x) as bytes)
      select count(*) as n, coalesce(sum(g.bytes), 0) as bytes from gone as g`,
  );
  return [...emptied, ...deleted];
}

async function each(
  sql: Sql,
  kept: readonly KeptRows[],
  statement: (rows: KeptRows) => string,
): Promise<readonly KeptData[]> {
  const found: KeptData[] = [];
  for (const rows of kept) {
    const [row] = await sql.unsafe<{ n: string; bytes: string }[]>(statement(rows));
    if (Number(row?.n ?? 0) > 0) found.push({ table: rows.table, rows: Number(row?.n), bytes: Number(row?.bytes) });
  }
  return found;
}
