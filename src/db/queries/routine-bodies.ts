import type { Sql } from "postgres";

/** The md5 of the body of each routine of ours, by its signature, as src/model/first-engine-routines.ts lists them. */
export async function listRoutineBodies(sql: Sql): Promise<Readonly<Record<string, string>>> {
  const rows = await sql<{ name: string; body: string }[]>`
    select p.oid::regprocedure::text as name, md5(replace(p.prosrc, chr(13), '')) as body
    from pg_catalog.pg_proc as p
    join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    where (n.nspname in ('ssot', 'ssot_search') or p.oid = to_regprocedure('public.check_deprecated_column_writes_with_audit()'))
      and p.proname <> 'is_placeholder'
      and not exists (select from pg_catalog.pg_depend as d
                      where d.classid = 'pg_catalog.pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    order by 1`;
  return Object.fromEntries(rows.map(({ name, body }) => [name, body]));
}
