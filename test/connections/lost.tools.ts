import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { ReservedSql } from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { lockClass } from "../../src/migrations/run-lock.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { differences } from "../crash/differences.ts";
import { errorOf } from "../faults/refusal.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

let database: TestDatabase;
let holder: ReservedSql;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadDirtyCase(database.sql);
  holder = await database.sql.reserve();
});

afterEach(() => database.drop());

/** The server process that holds the run lock and waits for a lock of ours; looks until there is one. */
async function waitingRun(): Promise<number> {
  for (;;) {
    const [row] = await database.sql<{ pid: number }[]>`
      select a.pid from pg_catalog.pg_stat_activity as a
      join pg_catalog.pg_locks as l on l.pid = a.pid and l.locktype = 'advisory' and l.classid = ${lockClass} and l.granted
      where a.datname = current_database() and a.wait_event_type = 'Lock'`;
    if (row !== undefined) return row.pid;
    await sleep(20);
  }
}

/** Looks until a server process has ended. */
async function untilGone(pid: number): Promise<void> {
  for (;;) {
    const rows = await database.sql`select from pg_catalog.pg_stat_activity where pid = ${pid}`;
    if (rows.length === 0) return;
    await sleep(20);
  }
}

async function holdCalls(): Promise<void> {
  await holder`begin`;
  await holder`lock table public.calls in share mode`;
}

async function letGo(): Promise<void> {
  await holder`rollback`;
  holder.release();
}

const runLocks = () => database.sql`
  select from pg_catalog.pg_locks as l join pg_catalog.pg_database as d on d.oid = l.database
  where d.datname = current_database() and l.locktype = 'advisory' and l.classid = ${lockClass}`;

test.each(["migrate", "rollback"])(
  "a %s whose connection is cut says what state it left, and leaves the lock free",
  async (verb) => {
    const { sql, url } = database;
    const before = await snapshotDatabase(sql);
    const start = {
      migrate: () => migrate(migrateOptions(url, { lockTimeoutMs: 600_000 })),
      rollback: () => rollback(rollbackOptions(url, { lockTimeoutMs: 600_000 })),
    };
    if (verb === "rollback") await migrate(migrateOptions(url));
    await holdCalls();
    const ended = errorOf(verb === "rollback" ? start.rollback() : start.migrate());
    const pid = await waitingRun();
    await sql`select pg_terminate_backend(${pid})`;
    const error = await ended;
    expect([3, 4]).toContain(exitCodeOf(error));
    expect(error.message).toMatch(/before it (is|are) done/);
    expect(error.hint).toContain(`To go on: ssot ${verb}`);
    await untilGone(pid);
    expect(await runLocks()).toHaveLength(0);
    await letGo();
    if (verb === "migrate") await migrate(migrateOptions(url));
    await rollback(rollbackOptions(url));
    expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
  },
);

test("the server ends the work of a killed client by itself, while the statement still waits", async () => {
  const { sql, url } = database;
  const before = await snapshotDatabase(sql);
  await holdCalls();
  const args = [join(packageRoot(), "bin", "ssot.js"), "migrate", "--yes", "--lock-timeout", "600000"];
  const child = spawn(process.execPath, args, { stdio: "ignore", env: { ...process.env, DATABASE_URL: url } });
  const exited = once(child, "exit");
  const pid = await waitingRun();
  child.kill("SIGKILL");
  await exited;
  // The lock that it waits for is still held: nothing but the client's death ends it.
  await untilGone(pid);
  expect(await runLocks()).toHaveLength(0);
  await letGo();
  await migrate(migrateOptions(url));
  await rollback(rollbackOptions(url));
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
});
