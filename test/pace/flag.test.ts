import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { generateData } from "../../fixtures/generate.ts";
import { migrate } from "../../src/core/migrate.ts";
import { lockClass } from "../../src/migrations/run-lock.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";
import { untilWaits } from "./until-waits.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await generateData(database.sql, { calls: 2000, contacts: 500 });
});
afterAll(() => database.drop());

const links = "20260209000100_backfill_contact_ids";

async function readCursor(): Promise<string | undefined> {
  const [row] = await database.sql<
    { done: string }[]
  >`select done::text from ssot.task where task = 'calls.contact_id'`;
  return row?.done;
}

test("the flag row lets a run wait between two batches, without a lock on a table, and go on where it was", async () => {
  const { sql, url } = database;
  let begun = (): void => {};
  const linking = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const run = migrate(migrateOptions(url, { to: links, batchSize: 20, progress: { onRows: () => begun() } }));
  await linking;
  await sql`update ssot.pace set paused = true`;
  const pid = await untilWaits(sql);
  const before = await readCursor();
  const held = await sql<{ relation: string }[]>`
    select l.relation::regclass::text as relation from pg_catalog.pg_locks as l
    where l.pid = ${pid} and l.relation in ('public.calls'::regclass, 'public.contacts'::regclass)`;
  expect(held).toEqual([]);
  const locks = await sql`
    select from pg_catalog.pg_locks as l
    where l.pid = ${pid} and l.locktype = 'advisory' and l.classid = ${lockClass} and l.granted`;
  expect(locks).toHaveLength(1);
  // Each nap is a transaction of its own: nobody's VACUUM waits for an old snapshot of ours.
  const naps = new Set<string>();
  while (naps.size < 3) {
    const [row] = await sql<{ begun: string | null }[]>`
      select xact_start::text as begun from pg_catalog.pg_stat_activity where pid = ${pid}`;
    naps.add(row?.begun ?? "");
    await sleep(20);
  }
  expect(await readCursor()).toBe(before);
  const [left] = await sql<
    { n: number }[]
  >`select (planned - done)::integer as n from ssot.task where task = 'calls.contact_id'`;
  expect(left?.n).toBeGreaterThan(0);
  await sql`update ssot.pace set paused = false`;
  const { applied } = await run;
  const [linked] = await sql<
    { n: number }[]
  >`select count(*)::integer as n from ssot.journal where task = 'calls.contact_id'`;
  expect(applied[0]?.effects.callsLinked).toBe(linked?.n);
  const [rows] = await sql<{ n: number }[]>`
    select count(*)::integer as n from ssot.journal as j join public.calls as c on c.id = j.id and c.contact_id::text = j.new
    where j.task = 'calls.contact_id'`;
  expect(rows?.n).toBe(linked?.n);
});

/** A session of anybody's, as psql is one. */
async function callAlone(statement: string): Promise<void> {
  const session = postgres(database.url, { max: 1, onnotice: () => {}, connection: { application_name: "psql" } });
  try {
    await session`set search_path = ''`;
    await session.unsafe(statement);
  } finally {
    await session.end();
  }
}

afterEach(() => database.sql`update ssot.pace set paused = false, holds = false, told_at = null`);

test("a session that nobody looks after waits for the flag as well, but not inside a transaction of its own", async () => {
  const { sql } = database;
  await sql`update ssot.pace set paused = true`;
  await callAlone("call ssot.wait_for_turn(false)");
  let ended = false;
  const waiting = callAlone("call ssot.wait_for_turn(true)").then(() => {
    ended = true;
  });
  await untilWaits(sql);
  expect(ended).toBe(false);
  await sql`update ssot.pace set paused = false`;
  await waiting;
});

test("what the session beside a run said counts for five seconds: a run that nobody looks after is not held for ever", async () => {
  const { sql } = database;
  await sql`update ssot.pace set holds = true, told_at = clock_timestamp() + interval '1 hour'`;
  const waiting = callAlone("call ssot.wait_for_turn(true)");
  await untilWaits(sql);
  await sql`update ssot.pace set told_at = clock_timestamp() - interval '5 s'`;
  await waiting;
  const [row] = await sql<{ waits: boolean; batchMs: number | null; rests: number }[]>`
    select waits, batch_ms as "batchMs", rests from ssot.current_pace()`;
  expect(row).toEqual({ waits: false, batchMs: null, rests: 0 });
});

test("a batch is steered towards the time that is allowed, and as long as ever where nobody says", async () => {
  const { sql } = database;
  const next = async (): Promise<readonly number[]> => {
    const [row] = await sql<{ first: number; after: number }[]>`
      select ssot.next_batch_size(null, null) as first, ssot.next_batch_size(1000, '100 ms') as after`;
    return [row?.first ?? 0, row?.after ?? 0];
  };
  expect(await next()).toEqual([2000, 1500]);
  await sql`update ssot.pace set batch_ms = 25, told_at = clock_timestamp() + interval '1 hour'`;
  expect(await next()).toEqual([500, 500]);
  await sql`update ssot.pace set batch_ms = 400, told_at = clock_timestamp() + interval '1 hour'`;
  expect(await next()).toEqual([2000, 2000]);
});

test("without its row, or with an empty one, the engine works as if nobody had said anything", async () => {
  const { sql } = database;
  await sql`delete from ssot.pace`;
  await callAlone("call ssot.wait_for_turn(true, '1 s')");
  await sql`insert into ssot.pace default values`;
  await callAlone("call ssot.wait_for_turn(true, '1 s')");
});
