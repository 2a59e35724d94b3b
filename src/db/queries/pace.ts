import type { Sql } from "postgres";

/** What one statement sees of a server while a run works. */
export interface ServerLook {
  readonly busy: number | null;
  readonly active: number | null;
  readonly waiting: number | null;
  readonly waitingForUs: number | null;
  readonly vacuuming: boolean | null;
  readonly archives: boolean;
  readonly archiveFailures: number;
  readonly archiveFailing: boolean;
  readonly unarchivedBytes: number | null;
  readonly requestedCheckpoints: number;
  readonly followers: readonly {
    readonly name: string;
    readonly bytes: number | null;
    readonly seconds: number | null;
  }[];
}

/**
 * Looks at the sessions of others, at who follows the WAL, and at what writes it out. `pid` is the run's session, `sinceMs` when the look
 * before was. What others do is null where one of them is a role's that may not be seen. Who blocks whom is asked only of sessions
 * that wait.
 */
export async function lookAtServer(
  { sql, serverVersion }: { readonly sql: Sql; readonly serverVersion: number },
  pid: number,
  sinceMs: number,
): Promise<ServerLook | undefined> {
  // Asked five times a second: planned once.
  const [row] = await sql.unsafe<ServerLook[]>(lookText(serverVersion), [pid, sinceMs], { prepare: true });
  return row;
}

function lookText(serverVersion: number): string {
  return `
    with others as materialized (
      select a.pid, a.backend_type is null as hidden, a.state, a.state_change, a.wait_event_type
      from pg_catalog.pg_stat_activity as a
      where a.datid is not null and a.usesysid is not null and a.pid <> all (array[$1::integer, pg_backend_pid()])
        and a.application_name <> 'ssot' and coalesce(a.backend_type, 'client backend') = 'client backend'
    ), seen as (
      select bool_or(o.hidden) is true as hidden,
             count(*) filter (where o.state = 'active' or o.state_change > clock_timestamp() - $2::integer * interval '1 ms')::integer as busy,
             count(*) filter (where o.state = 'active')::integer as active,
             count(*) filter (where o.wait_event_type = 'Lock')::integer as waiting,
             count(*) filter (where case when o.wait_event_type = 'Lock' then $1::integer = any (pg_blocking_pids(o.pid)) end)::integer as waiting_for_us
      from others as o
    ), archiving as (
      select current_setting('archive_mode') <> 'off' as archives, r.failed_count::integer as failures,
             coalesce(r.last_failed_time > coalesce(r.last_archived_time, '-infinity'), false) as failing,
             case when r.last_archived_wal ~ '^[0-9A-F]{24}$' then
               greatest(0, pg_current_wal_lsn() - '0/0'::pg_lsn
                 - (('x' || substr(r.last_archived_wal, 9, 8))::bit(32)::bigint * 4294967296
                    + (('x' || substr(r.last_archived_wal, 17, 8))::bit(32)::bigint + 1) * pg_size_bytes(current_setting('wal_segment_size'))))
             end::double precision as bytes
      from pg_catalog.pg_stat_archiver as r
    )
    select case when s.hidden then null else s.busy end as busy, case when s.hidden then null else s.active end as active,
           case when s.hidden then null else s.waiting end as waiting, case when s.hidden then null else s.waiting_for_us end as "waitingForUs",
           (select case when bool_or(exists (select from pg_catalog.pg_locks as l
                                             where l.pid = $1::integer and l.relation = v.relid and l.database = v.datid)) then true
                        when bool_or(v.relid is null) then null else false end
            from pg_catalog.pg_stat_progress_vacuum as v where v.datname = current_database() and v.pid <> $1::integer) as vacuuming,
           r.archives, r.failures as "archiveFailures", r.failing as "archiveFailing", r.bytes as "unarchivedBytes",
           ${requestedCheckpoints(serverVersion)} as "requestedCheckpoints",
           coalesce((select json_agg(json_build_object(
                              'name', coalesce(nullif(f.application_name, ''), 'pid ' || f.pid),
                              'bytes', pg_wal_lsn_diff(pg_current_wal_lsn(), f.replay_lsn)::double precision,
                              'seconds', extract(epoch from f.replay_lag)::double precision) order by f.pid)
                     from pg_catalog.pg_stat_replication as f where f.state is distinct from 'backup'), '[]') as followers
    from seen as s cross join archiving as r`;
}

function requestedCheckpoints(serverVersion: number): string {
  return serverVersion >= 170_000
    ? "(select c.num_requested::integer from pg_catalog.pg_stat_checkpointer as c)"
    : "(select b.checkpoints_req::integer from pg_catalog.pg_stat_bgwriter as b)";
}

/** What of a run's pace its batches are to read. */
export interface WrittenPace {
  readonly holds: boolean;
  readonly batchMs: number;
  readonly rests: number;
  readonly mode: string;
  readonly state: string;
  readonly reason: string | null;
}

/** Writes what holds for the next batches, for five seconds. Tells whether somebody has set the flag. */
export async function writePace(sql: Sql, pace: WrittenPace): Promise<boolean> {
  const [row] = await sql<{ paused: boolean }[]>`
    insert into ssot.pace as p (holds, batch_ms, rests, mode, state, reason, told_at)
    values (${pace.holds}, ${pace.batchMs}, ${pace.rests}, ${pace.mode}, ${pace.state}, ${pace.reason}, clock_timestamp())
    on conflict (only_row) do update
      set holds = excluded.holds, batch_ms = excluded.batch_ms, rests = excluded.rests, mode = excluded.mode, state = excluded.state,
          reason = excluded.reason, told_at = excluded.told_at
    returning p.paused`;
  return row?.paused ?? false;
}

/** Takes back what was written: from now on a run goes as one that nobody looks after. */
export async function clearPace(sql: Sql): Promise<void> {
  await sql`
    update ssot.pace set holds = false, batch_ms = null, rests = 0, mode = null, state = null, reason = null, told_at = null`;
}
