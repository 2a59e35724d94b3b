import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";

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
