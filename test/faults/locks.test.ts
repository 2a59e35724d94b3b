import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { differences } from "../crash/differences.ts";
import { createDirtyDatabase, snapshotOutside } from "../crash/equal-databases.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { errorOf, refusalOf } from "./refusal.ts";

const runLock = [0x73736f74, 1] as const;
const hasty = { lockTimeoutMs: 200, lockTries: 2 };

let database: TestDatabase;
let undisturbed: TestDatabase;
let original: string;
let migrated: string;

beforeAll(async () => {
  undisturbed = await createDirtyDatabase();
  original = await snapshotDatabase(undisturbed.sql);
  await migrate(migrateOptions(undisturbed.url));
  migrated = await snapshotOutside(undisturbed);
});

afterAll(() => undisturbed.drop());

beforeEach(async () => {
  database = await createDirtyDatabase();
});

afterEach(() => database.drop());

/** A session with an open transaction that has read from a table, and its pid. */
async function holdTable(table: string) {
  const session = await database.sql.reserve();
  const [row] = await session<{ pid: number }[]>`select pg_backend_pid() as pid`;
  // As one simple query: a portal left open would hold a snapshot too, and each index build would wait for that.
  await session.unsafe(`begin; select from ${table} limit 1`);
  const release = async (): Promise<void> => {
    await session`rollback`;
    session.release();
  };
  return { pid: row?.pid ?? 0, release };
}

test("a forgotten transaction on contacts ends migrate's patience, and is named by its pid", async () => {
  const { url } = database;
  const holder = await holdTable("public.contacts");
  const error = await errorOf(migrate(migrateOptions(url, hasty)));
  expect(error.code).toBe("LOCK_TIMEOUT");
  expect(exitCodeOf(error)).toBe(5);
  expect(error.message).toContain(`pid ${holder.pid}`);
  expect(error.hint).toContain("Safe to retry");
  await holder.release();
  await migrate(migrateOptions(url));
  expect(differences(migrated, await snapshotOutside(database))).toEqual([]);
});

test("a forgotten reader of calls is not in migrate's way", async () => {
  const holder = await holdTable("public.calls");
  await migrate(migrateOptions(database.url, hasty));
  await holder.release();
  expect(differences(migrated, await snapshotOutside(database))).toEqual([]);
});

test.each(["contacts", "calls"])(
  "a forgotten transaction on %s ends rollback's patience, and it goes on later",
  async (table) => {
    const { sql, url } = database;
    await migrate(migrateOptions(url));
    const holder = await holdTable(`public.${table}`);
    const error = await errorOf(rollback(rollbackOptions(url, hasty)));
    expect(error.code).toBe("LOCK_TIMEOUT");
    expect(error.message).toContain(`pid ${holder.pid}`);
    await holder.release();
    await rollback(rollbackOptions(url));
    expect(differences(original, await snapshotDatabase(sql))).toEqual([]);
  },
);

test("each retry tells who is in the way, and the run goes on once the lock is free", async () => {
  const { url } = database;
  const holder = await holdTable("public.contacts");
  const told: string[] = [];
  let released: Promise<void> | undefined;
  const onRetry = (_: string, __: number, blockers: readonly string[]): void => {
    told.push(...blockers);
    released ??= holder.release();
  };
  await migrate(migrateOptions(url, { lockTimeoutMs: 200, lockTries: 20, progress: { onRetry } }));
  await released;
  expect(told.join("\n")).toContain(`pid ${holder.pid}`);
  expect(differences(migrated, await snapshotOutside(database))).toEqual([]);
});

test("while another session has the run lock, migrate and rollback are refused and name it", async () => {
  const { sql, url } = database;
  const holder = await sql.reserve();
  await holder`select pg_advisory_lock(${runLock[0]}, ${runLock[1]})`;
  const [row] = await holder<{ pid: number }[]>`select pg_backend_pid() as pid`;
  for (const start of [() => migrate(migrateOptions(url)), () => rollback(rollbackOptions(url))]) {
    const error = await refusalOf(database, start);
    expect(error.code).toBe("RUN_LOCK");
    expect(exitCodeOf(error)).toBe(5);
    expect(error.message).toContain(`pid ${row?.pid}`);
  }
  await holder`select pg_advisory_unlock(${runLock[0]}, ${runLock[1]})`;
  holder.release();
});

test("an interrupted wait for the run lock changes nothing", async () => {
  const { sql, url } = database;
  const holder = await sql.reserve();
  await holder`select pg_advisory_lock(${runLock[0]}, ${runLock[1]})`;
  const controller = new AbortController();
  const options = { waitSeconds: 60, signal: controller.signal, progress: { onWait: () => controller.abort() } };
  const error = await refusalOf(database, () => migrate(migrateOptions(url, options)));
  expect(error.code).toBe("INTERRUPTED");
  expect(exitCodeOf(error)).toBe(130);
  await holder`select pg_advisory_unlock(${runLock[0]}, ${runLock[1]})`;
  holder.release();
});

test("of two migrates at once one works, the other waits and finds nothing to do", async () => {
  const { sql, url } = database;
  const waits: string[] = [];
  const progress = { onWait: (holder: string) => void waits.push(holder) };
  const start = () => migrate(migrateOptions(url, { waitSeconds: 60, progress }));
  const reports = await Promise.all([start(), start()]);
  expect(reports.map(({ applied }) => applied.length).toSorted()).toEqual([0, 4]);
  expect(waits).toHaveLength(1);
  expect(differences(migrated, await snapshotOutside(database))).toEqual([]);
  const tally = (from: TestDatabase["sql"]) => from`select direction, what, n from ssot.tally order by direction, what`;
  expect(await tally(sql)).toEqual(await tally(undisturbed.sql));
  const [counts] =
    await sql`select (select count(*)::int from ssot.ledger) as ledger, (select count(*)::int from ssot.run) as runs`;
  expect(counts).toEqual({ ledger: 4, runs: 4 });
});
