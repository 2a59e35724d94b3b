import type { Sql } from "postgres";

/** A relation that pg_dump would fail at. */
export interface HiddenRelation {
  /** As PostgreSQL writes it. */
  readonly name: string;
  /** The same with both parts quoted, as pg_dump takes it. */
  readonly pattern: string;
  readonly bar: string;
}

/** Tables and sequences whose rows this role may not read, or not all of them. Those of extensions are not dumped. */
export async function listHiddenRelations(
  sql: Sql,
  { rows }: { readonly rows: boolean },
): Promise<readonly HiddenRelation[]> {
  return sql<HiddenRelation[]>`
    select c.oid::regclass::text as name, f.pattern, b.bar
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    cross join lateral (select format('"%s"."%s"', replace(n.nspname, '"', '""'), replace(c.relname, '"', '""')) as pattern) as f
    cross join lateral (
      select case when not has_schema_privilege(n.oid, 'USAGE') then 'its schema may not be used'
                  when not has_table_privilege(c.oid, 'SELECT') then 'it may not be read'
                  when ${rows} and c.relkind = 'r' and row_security_active(c.oid) then 'row level security hides rows of it'
             end as bar
    ) as b
    where c.relkind in ('r', 'p', 'S') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and b.bar is not null
      and not exists (select from pg_catalog.pg_depend as e
                      where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
    order by 1`;
}
