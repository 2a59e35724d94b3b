import type { Sql } from "postgres";

/** A run as it shows in the server: who holds the run lock, and what of schema ssot tells about it. */
export interface RunRow {
  /** The session that holds the run lock, else one that told of progress and is still at work: psql takes no lock. */
  readonly pid: number;
  readonly since: Date | null;
  readonly migration: string | null;
  readonly direction: "migrate" | "rollback" | null;
  readonly steps: readonly string[];
  readonly what: string | null;
  readonly done: number | null;
  readonly total: number | null;
  readonly first: number | null;
  /** For how long that has been told of, in ms. */
  readonly tellingMs: number | null;
  readonly paused: boolean;
  readonly mode: string | null;
  readonly state: string | null;
  readonly reason: string | null;
}

/** Whether the tables that tell of a run are there. */
export async function canViewRuns(sql: Sql): Promise<boolean> {
  const [row] = await sql<{ present: boolean }[]>`
    select to_regclass('ssot.run_step') is not null and to_regclass('ssot.progress') is not null
       and to_regclass('ssot.pace') is not null as present`;
  return row?.present ?? false;
}

/** The session that holds the run lock of this database, which is there before the first table is; undefined: none. */
export async function findLockHolder(
  sql: Sql,
  lockClass: number,
): Promise<{ readonly pid: number; readonly since: Date | null } | undefined> {
  const [row] = await sql<{ pid: number; since: Date | null }[]>`
    select l.pid, a.backend_start as since
    from pg_catalog.pg_locks as l left join pg_catalog.pg_stat_activity as a on a.pid = l.pid
    where l.locktype = 'advisory' and l.classid = ${lockClass} and l.objid = 1 and l.granted
      and l.database = (select d.oid from pg_catalog.pg_database as d where d.datname = current_database())`;
  return row;
}

/** The run of a session, or of whoever told of progress last and is still at work; undefined: there is none. */
export async function readRun(sql: Sql, holder: number | undefined): Promise<RunRow | undefined> {
  const [row] = await sql<RunRow[]>`
    with told as (
      select p.*, extract(epoch from p.told_at - p.began_at)::double precision * 1000 as telling_ms
      from ssot.progress as p
      where p.pid = ${holder ?? null}
         or ${holder ?? null}::integer is null
            and exists (select from pg_catalog.pg_stat_activity as a
                        where a.pid = p.pid and a.datname = current_database() and a.state is distinct from 'idle' and a.backend_start <= p.told_at)
    ), running as (
      select r.name, r.direction from ssot.run as r where r.finished_at is null order by r.started_at desc limit 1
    )
    select s.pid, a.backend_start as since, r.name as migration, r.direction,
           coalesce((select array_to_json(array_agg(x.step)) from ssot.run_step as x where x.name = r.name and x.direction = r.direction), '[]') as steps,
           t.what, t.done::double precision as done, t.total::double precision as total, t.first::double precision as first, t.telling_ms as "tellingMs",
           coalesce(p.paused, false) as paused, p.mode, p.state, p.reason
    from (select coalesce(${holder ?? null}::integer, (select t.pid from told as t)) as pid) as s
    left join pg_catalog.pg_stat_activity as a on a.pid = s.pid
    left join running as r on true
    left join told as t on true
    left join (select x.paused, f.mode, f.state, f.reason
               from ssot.pace as x left join ssot.pace as f on f.told_at > clock_timestamp() - interval '5 s') as p on true
    where s.pid is not null`;
  return row;
}
