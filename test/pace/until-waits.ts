import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import { lockClass } from "../../src/migrations/run-lock.ts";

/** Waits until a session of this database naps between two batches, and gives its pid. */
export async function untilWaits(sql: Sql): Promise<number> {
  for (;;) {
    const [row] = await sql<{ pid: number }[]>`
      select a.pid from pg_catalog.pg_stat_activity as a
      where a.datname = current_database() and a.wait_event = 'PgSleep'`;
    if (row !== undefined) return row.pid;
    await sleep(5);
  }
}

/** Waits until the run of this database is held, between two batches or between two statements, and gives the pid of its session. */
export async function untilHeld(sql: Sql): Promise<number> {
  for (;;) {
    const [row] = await sql<{ pid: number }[]>`
      select a.pid from pg_catalog.pg_locks as l join pg_catalog.pg_stat_activity as a on a.pid = l.pid
      where l.locktype = 'advisory' and l.classid = ${lockClass} and l.granted and a.datname = current_database()
        and (a.wait_event = 'PgSleep' or a.state = 'idle') and (select p.waits from ssot.current_pace() as p)`;
    if (row !== undefined) return row.pid;
    await sleep(5);
  }
}
