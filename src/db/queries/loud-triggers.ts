import type { Sql } from "postgres";
import { missionWitness } from "../../model/mission.ts";
import { listWitnessFunctions } from "./witness-functions.ts";

/**
 * Enabled triggers of others that an insert or update of calls, contacts, their partitions, or the audit fires and that
 * are not BEFORE ROW: `table.name`.
 */
export async function listLoudTriggers(sql: Sql): Promise<readonly string[]> {
  const ours = [missionWitness, ...(await listWitnessFunctions(sql))];
  const rows = await sql<{ name: string }[]>`
    select c.relname || '.' || t.tgname as name
    from pg_catalog.pg_trigger as t
    join pg_catalog.pg_class as c on c.oid = t.tgrelid
    join pg_catalog.pg_proc as p on p.oid = t.tgfoid
    join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    where not t.tgisinternal and t.tgenabled <> 'D' and n.nspname <> 'ssot'
      and not exists (select from unnest(${ours}::text[]) as w(name) where p.oid = to_regprocedure(w.name))
      and (t.tgrelid in (to_regclass('public.calls'), to_regclass('public.contacts'), to_regclass('public.deprecated_column_audit'))
           or t.tgrelid in (select h.relid from pg_partition_tree(to_regclass('public.calls')) as h)
           or t.tgrelid in (select h.relid from pg_partition_tree(to_regclass('public.contacts')) as h))
      and (t.tgtype & 20) <> 0 and not ((t.tgtype & 2) <> 0 and (t.tgtype & 1) <> 0)
    order by 1`;
  return rows.map(({ name }) => name);
}

/** Whether the insert of an organisation fires a trigger of somebody's that is not BEFORE ROW. */
export async function organisationsAreLoud(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ loud: boolean }[]>`
    select exists (
      select from pg_catalog.pg_trigger as t
      where not t.tgisinternal and t.tgenabled <> 'D' and t.tgrelid = to_regclass('public.organizations')
        and (t.tgtype & 4) <> 0 and not ((t.tgtype & 2) <> 0 and (t.tgtype & 1) <> 0)) as loud`;
  return row?.loud ?? true;
}
