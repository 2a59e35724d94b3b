import { setTimeout as sleep } from "node:timers/promises";
import type { Connection } from "../db/connection.ts";
import { SsotError } from "../model/errors.ts";

/** The class of the run lock's key, whose object is 1: "ssot" in ASCII. One run a database. */
export const lockClass = 0x73736f74;

export interface RunLockOptions {
  /** How long to wait for another run, in seconds. */
  readonly waitSeconds: number;
  readonly signal?: AbortSignal | undefined;
  readonly onWait?: ((holder: string) => void) | undefined;
}

/**
 * Takes the run lock on this session. It polls: a session that waits inside pg_advisory_lock holds a snapshot, and
 * CREATE INDEX CONCURRENTLY of the lock's holder would wait for that. Throws RUN_LOCK with the holder's pid.
 */
export async function takeRunLock({ sql }: Connection, options: RunLockOptions): Promise<void> {
  const deadline = Date.now() + options.waitSeconds * 1000;
  let told = false;
  for (;;) {
    const [row] = await sql<{ taken: boolean }[]>`select pg_try_advisory_lock(${lockClass}, 1) as taken`;
    if (row?.taken) return;
    const holder = await describeHolder(sql);
    if (options.signal?.aborted)
      throw new SsotError("INTERRUPTED", "interrupted while waiting for another run; nothing was changed");
    if (Date.now() >= deadline) {
      throw new SsotError("RUN_LOCK", `another ssot run is at work on this database (${holder})`, {
        hint: "Wait for it, or give more time with --wait SECONDS. Nothing was changed.",
      });
    }
    if (!told) options.onWait?.(holder);
    told = true;
    await sleep(Math.min(1000, Math.max(50, deadline - Date.now())));
  }
}

/** Gives the lock back; the end of the session would do so as well. */
export async function releaseRunLock({ sql }: Connection): Promise<void> {
  await sql`select pg_advisory_unlock(${lockClass}, 1)`;
}

async function describeHolder(sql: Connection["sql"]): Promise<string> {
  const [row] = await sql<{ pid: number; since: string | null }[]>`
    select l.pid, to_char(a.backend_start at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS "UTC"') as since
    from pg_catalog.pg_locks as l
    left join pg_catalog.pg_stat_activity as a on a.pid = l.pid
    where l.locktype = 'advisory' and l.classid = ${lockClass} and l.objid = 1 and l.granted
      and l.database = (select oid from pg_catalog.pg_database where datname = current_database())`;
  return row === undefined
    ? "just ended"
    : `pid ${row.pid}${row.since === null ? "" : `, connected since ${row.since}`}`;
}
