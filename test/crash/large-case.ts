import { setTimeout as sleep } from "node:timers/promises";
import { generateData } from "../../fixtures/generate.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

/** A database of 20,000 calls and 4,000 contacts with dirt, and with some calls at which a run can be held. */
export async function createLargeDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await fillLarge(database.sql);
  return database;
}

export async function fillLarge(sql: TestDatabase["sql"]): Promise<void> {
  await generateData(sql, { calls: 20_000, contacts: 4000, organizations: 3, dirt: true });
  await sql.unsafe(`
    create function public.pause() returns trigger language plpgsql as
      'begin perform pg_advisory_xact_lock_shared(${barrier}); return new; end';
    create trigger pause before update on public.calls
      for each row when (hashtext(old.id::text) % 1000 = 7 or (old.phone_number is null and hashtext(old.id::text) % 20 = 7))
      execute function public.pause()`);
}

const barrier = 20_260_209;

/** Holds every run at the next of the marked calls; the result lets it go on. */
export async function raiseBarrier(sql: TestDatabase["sql"]): Promise<() => Promise<void>> {
  const session = await sql.reserve();
  await session`select pg_advisory_lock(${barrier})`;
  return async () => {
    await session`select pg_advisory_unlock(${barrier})`;
    session.release();
  };
}

/** Waits until a run stands at the barrier, inside a batch. */
export async function untilHeld(sql: TestDatabase["sql"]): Promise<number> {
  for (;;) {
    const [row] = await sql<{ pid: number }[]>`
      select pid from pg_catalog.pg_stat_activity
      where datname = current_database() and application_name = 'ssot' and wait_event = 'advisory'`;
    if (row !== undefined) return row.pid;
    await sleep(10);
  }
}

/** Waits until a server process is gone. */
export async function untilGone(sql: TestDatabase["sql"], pid: number): Promise<void> {
  while ((await sql`select from pg_catalog.pg_stat_activity where pid = ${pid}`).length > 0) await sleep(10);
}
