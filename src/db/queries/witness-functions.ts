import type { Sql } from "postgres";

/**
 * The functions outside schema ssot that witness writes to deprecated columns, as `to_regprocedure` takes them, as far as
 * this role may read the list.
 */
export async function listWitnessFunctions(sql: Sql): Promise<readonly string[]> {
  const [list] = await sql<{ readable: boolean }[]>`
    select has_schema_privilege(n.oid, 'USAGE') and has_table_privilege(c.oid, 'SELECT') as readable
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = 'ssot' and c.relname = 'deprecated_column'`;
  if (!list?.readable) return [];
  const rows = await sql<{ name: string }[]>`
    select distinct d.function_name || '()' as name from ssot.deprecated_column as d
    where d.function_name !~ '^ssot[.]' order by 1`;
  return rows.map(({ name }) => name);
}
