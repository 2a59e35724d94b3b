import type { Sql } from "postgres";

/** A transaction that has been open for a while, in this database. */
export interface OpenTransaction {
  /** Who: `pid 12 (api)`, or the name of a prepared transaction. */
  readonly who: string;
  readonly seconds: number;
  /** It waits for COMMIT PREPARED, and no end of a session ends it. */
  readonly prepared: boolean;
  /** It holds a lock on calls or contacts. */
  readonly holdsTables: boolean;
}

/**
 * Transactions of others that are open for at least so many seconds, as far as the role may see them; prepared ones however
 * young they are, which no session's end ends.
 */
export async function listOpenTransactions(sql: Sql, seconds: number): Promise<readonly OpenTransaction[]> {
  return sql<OpenTransaction[]>`
    with held as (
      select distinct l.virtualtransaction, l.pid from pg_catalog.pg_locks as l
      where l.granted and l.database = (select d.oid from pg_catalog.pg_database as d where d.datname = current_database())
        and l.relation in (to_regclass('public.calls'), to_regclass('public.contacts'))
    ), seen as (
      select format('pid %s%s', a.pid, coalesce(' (' || nullif(a.application_name, '') || ')', '')) as who,
             extract(epoch from clock_timestamp() - a.xact_start)::integer as seconds, false as prepared,
             exists (select from held as h where h.pid = a.pid) as "holdsTables"
      from pg_catalog.pg_stat_activity as a
      where a.datname = current_database() and a.pid <> pg_backend_pid() and a.xact_start is not null
        and a.backend_type = 'client backend'
      union all
      select format('prepared transaction %L', p.gid), extract(epoch from clock_timestamp() - p.prepared)::integer, true,
             exists (select from held as h
                     join pg_catalog.pg_locks as o on o.locktype = 'transactionid' and o.granted and o.virtualtransaction = h.virtualtransaction
                     where h.pid is null and o.pid is null and o.transactionid = p.transaction)
      from pg_catalog.pg_prepared_xacts as p
      where p.database = current_database()
    )
    select s.who, s.seconds, s.prepared, s."holdsTables" from seen as s
    where s.seconds >= ${seconds} or s.prepared
    order by s.seconds desc, s.who`;
}

/** How many sessions in this database belong to roles whose doings this one may not see. */
export async function countHiddenSessions(sql: Sql): Promise<number> {
  const [row] = await sql<{ n: number }[]>`
    select count(*)::integer as n from pg_catalog.pg_stat_activity as a
    where a.datname = current_database() and a.usesysid is not null
      and not pg_has_role(a.usesysid, 'USAGE') and not pg_has_role('pg_read_all_stats', 'USAGE')`;
  return row?.n ?? 0;
}
