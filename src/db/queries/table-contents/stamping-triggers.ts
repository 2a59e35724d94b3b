import type { Sql } from "postgres";

/** A trigger that can put other values into a row that is changed. */
export interface StampingTrigger {
  /** Qualified. */
  readonly table: string;
  readonly name: string;
  readonly routine: string;
  readonly source: string;
  /** What the trigger hands to its function. */
  readonly args: string;
  /** Its WHEN; null: it has none. */
  readonly condition: string | null;
}

/** The triggers of users that see each row before it is changed. */
export async function listStampingTriggers(sql: Sql): Promise<readonly StampingTrigger[]> {
  return sql<StampingTrigger[]>`
    select c.oid::regclass::text as table, t.tgname as name, p.proname as routine, p.prosrc as source,
           pg_catalog.encode(t.tgargs, 'escape') as args,
           substring(pg_get_triggerdef(t.oid) from ' WHEN \\((.*)\\) EXECUTE (?:FUNCTION|PROCEDURE) ') as condition
    from pg_catalog.pg_trigger as t
    join pg_catalog.pg_class as c on c.oid = t.tgrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    join pg_catalog.pg_proc as p on p.oid = t.tgfoid
    where not t.tgisinternal and t.tgenabled <> 'D' and (t.tgtype & 3) = 3 and (t.tgtype & 16) <> 0 and c.relkind = 'r'
      and p.pronamespace is distinct from to_regnamespace('ssot') and n.nspname not in ('ssot', 'ssot_rehearsal')
    order by 1, 2`;
}
