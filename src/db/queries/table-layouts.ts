import type { Sql } from "postgres";
import { listUnfitTypes } from "./obstacles/column-types.ts";
import { listOtherEncodings } from "./obstacles/encoding.ts";
import type { ListObstacles } from "./obstacles/obstacle.ts";
import { listStrangeKinds } from "./obstacles/relation-kinds.ts";

// Where one of them is in the way, nothing else can be asked.
const foundations: readonly ListObstacles[] = [listOtherEncodings, listStrangeKinds, listUnfitTypes];

/** What about the database, or the layout of its tables, no run can work on, and what to do: one sentence each. */
export async function listUnfitLayouts(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ line: string }[]>`
    with ours as (
      select c.oid, c.relname as name, c.relkind as kind from pg_catalog.pg_class as c
      where c.oid in (to_regclass('public.calls'), to_regclass('public.contacts'))
    )
    select 'table public.contacts is partitioned, and other tables reference it by id alone: keep contacts in one table' as line
    from ours where name = 'contacts' and kind = 'p'
    union all
    select format('other tables inherit from public.%s, and are in neither its indexes nor its keys: partition it by hash (org_id) instead', o.name)
    from ours as o where o.kind = 'r' and exists (select from pg_catalog.pg_inherits as i where i.inhparent = o.oid)
    union all
    select format('partition %s of public.calls is on another server, where no index can be built: move its rows into a table here', c.oid::regclass)
    from pg_partition_tree(to_regclass('public.calls')) as d join pg_catalog.pg_class as c on c.oid = d.relid where c.relkind = 'f'
    union all
    select 'public.calls is partitioned and none of its indexes begins with id, by which calls are found: make one, or let the primary key begin with id'
    from ours as o where o.name = 'calls' and o.kind = 'p' and not exists (
      select from pg_catalog.pg_index as x
      join pg_catalog.pg_attribute as a on a.attrelid = x.indrelid and a.attnum = x.indkey[0]
      where x.indrelid = o.oid and x.indisvalid and x.indpred is null and a.attname = 'id')
    order by line`;
  const lines = rows.map(({ line }) => line);
  for (const list of foundations) lines.push(...(await list(sql)).map(({ what, remedy }) => `${what}: ${remedy}`));
  return [...lines, ...(await listDistributed(sql))];
}

// Citus lists what it knows of in its own catalog.
async function listDistributed(sql: Sql): Promise<readonly string[]> {
  const [citus] = await sql<
    { here: boolean }[]
  >`select to_regclass('pg_catalog.pg_dist_partition') is not null as here`;
  if (!citus?.here) return [];
  const rows = await sql<{ name: string }[]>`
    select d.logicalrelid::regclass::text as name from pg_catalog.pg_dist_partition as d
    where d.logicalrelid in (to_regclass('public.calls'), to_regclass('public.contacts'), to_regclass('public.organizations'))
    order by 1`;
  return rows.map(
    ({ name }) =>
      `table ${name} is distributed by Citus, which takes no triggers there: select undistribute_table('${name}'), and partition calls by hash (org_id)`,
  );
}

/** Calls of different organisations that have one id: only a partitioned table can, and then none of them is asked for. */
export async function listRepeatedCallIds(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ id: string }[]>`
    select c.id from public.calls as c
    where not exists (
      select from pg_catalog.pg_index as x
      join pg_catalog.pg_attribute as a on a.attrelid = x.indrelid and a.attnum = x.indkey[0]
      where x.indrelid = 'public.calls'::regclass and x.indisunique and x.indisvalid and x.indnkeyatts = 1 and x.indpred is null
        and a.attname = 'id')
    group by c.id having count(*) > 1
    order by c.id limit 20`;
  return rows.map(({ id }) => id);
}
