import type { Sql } from "postgres";

/**
 * What a session waits for, one line each: sessions by their pid, and prepared transactions, which belong to no session and
 * are ended by their name alone. Of another role's session an unprivileged one sees no more than that it is there.
 */
export async function listBlockers(sql: Sql, pid: number): Promise<readonly string[]> {
  const rows = await sql<{ line: string }[]>`
    with blocking as materialized (select pg_blocking_pids(${pid}) as pids)
    select format('pid %s%s, ', a.pid, coalesce(' (' || nullif(a.application_name, '') || ')', ''))
        || case when a.backend_type is null then format('of role %s; what it does is not visible to role %s, which is no member of pg_read_all_stats',
                                                        a.usename, current_user)
                else format('%s, transaction open for %s s', case when a.backend_type <> 'client backend' then a.backend_type else a.state end,
                            coalesce(round(extract(epoch from clock_timestamp() - a.xact_start)), 0)) end as line
    from blocking as b join pg_catalog.pg_stat_activity as a on a.pid = any (b.pids)
    union all
    select distinct format('prepared transaction %L of role %s, open for %s s, which ends by: rollback prepared %L, or commit prepared %L',
                           p.gid, p.owner, round(extract(epoch from clock_timestamp() - p.prepared)), p.gid, p.gid)
    from blocking as b
    join pg_catalog.pg_locks as w on 0 = any (b.pids) and w.pid = ${pid} and not w.granted
    join pg_catalog.pg_locks as h on h.granted and h.pid is null
      and (h.locktype, h.database, h.relation, h.page, h.tuple, h.virtualxid, h.transactionid, h.classid, h.objid, h.objsubid)
          is not distinct from (w.locktype, w.database, w.relation, w.page, w.tuple, w.virtualxid, w.transactionid, w.classid, w.objid, w.objsubid)
    -- Its virtual id is written differently from version to version; its lock on its own id has the same one.
    join pg_catalog.pg_locks as o on o.locktype = 'transactionid' and o.granted and o.pid is null and o.virtualtransaction = h.virtualtransaction
    join pg_catalog.pg_prepared_xacts as p on p.transaction = o.transactionid
    order by 1`;
  return rows.map(({ line }) => line);
}
