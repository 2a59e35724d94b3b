import type { Sql } from "postgres";

export interface TableSize {
  readonly table: string;
  /** The planner's estimate. */
  readonly rows: number;
  /** With indexes and TOAST. */
  readonly bytes: number;
}

/** How large the tables are that the migrations touch. */
export async function tableSizes(sql: Sql): Promise<readonly TableSize[]> {
  const rows = await sql<{ table: string; rows: string; bytes: string }[]>`
    select c.relname as table, s.rows, s.bytes
    from pg_catalog.pg_class as c
    cross join lateral (
      -- A partitioned table has neither rows nor bytes of its own.
      select sum(greatest(t.reltuples, 0))::bigint as rows, sum(pg_total_relation_size(t.oid))::bigint as bytes
      from pg_catalog.pg_class as t
      where t.oid = c.oid and t.relkind = 'r' or t.oid in (select d.relid from pg_partition_tree(c.oid) as d where d.isleaf)
    ) as s
    where c.oid in (to_regclass('public.calls'), to_regclass('public.contacts'))
    order by c.relname`;
  return rows.map((row) => ({ table: row.table, rows: Number(row.rows), bytes: Number(row.bytes) }));
}

/** Roles that may read calls but not contacts; the view asks as its reader and would refuse them. */
export async function rolesWithoutContacts(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`
    select distinct r.rolname as name
    from pg_catalog.pg_class as c, aclexplode(c.relacl) as x
    join pg_catalog.pg_roles as r on r.oid = x.grantee
    where c.oid = to_regclass('public.calls') and x.privilege_type = 'SELECT' and r.rolname <> 'anon' and x.grantee <> c.relowner
      and not has_table_privilege(r.oid, to_regclass('public.contacts'), 'SELECT')
    order by 1`;
  return rows.map((row) => row.name);
}
