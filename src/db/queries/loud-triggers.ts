import type { Sql } from "postgres";
import { missionWitness } from "../../model/mission.ts";
import { listWitnessFunctions } from "./witness-functions.ts";

/** A trigger that tells others. */
export interface LoudTrigger {
  /** `table.name`. */
  readonly name: string;
  readonly onAudit: boolean;
  /** Fires for a DELETE, and for nothing else that a probe does. */
  readonly onDelete: boolean;
  /** In sessions of replica role as well. */
  readonly always: boolean;
}

/**
 * Enabled triggers of others that an insert, update or delete of calls, contacts, their partitions, or the audit fires and that
 * are not BEFORE ROW.
 */
export async function listLoudTriggers(sql: Sql): Promise<readonly LoudTrigger[]> {
  const ours = [missionWitness, ...(await listWitnessFunctions(sql))];
  return sql<LoudTrigger[]>`
    select c.relname || '.' || t.tgname as name, c.oid is not distinct from to_regclass('public.deprecated_column_audit') as "onAudit",
           (t.tgtype & 20) = 0 as "onDelete", t.tgenabled in ('A', 'R') as always
    from pg_catalog.pg_trigger as t
    join pg_catalog.pg_class as c on c.oid = t.tgrelid
    join pg_catalog.pg_proc as p on p.oid = t.tgfoid
    join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    where not t.tgisinternal and t.tgenabled <> 'D' and n.nspname <> 'ssot'
      and not exists (select from unnest(${ours}::text[]) as w(name) where p.oid = to_regprocedure(w.name))
      and (t.tgrelid in (to_regclass('public.calls'), to_regclass('public.contacts'), to_regclass('public.deprecated_column_audit'))
           or t.tgrelid in (select h.relid from pg_partition_tree(to_regclass('public.calls')) as h)
           or t.tgrelid in (select h.relid from pg_partition_tree(to_regclass('public.contacts')) as h))
      and (t.tgtype & 28) <> 0 and not ((t.tgtype & 2) <> 0 and (t.tgtype & 1) <> 0)
    order by 1`;
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
