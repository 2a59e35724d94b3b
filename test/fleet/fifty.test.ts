import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lockClass } from "../../src/migrations/run-lock.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import type { TestDatabase } from "../support/database.ts";
import { appliedIn, callFleet, createFleet, type FleetCase, kindsOf } from "./fleet-case.ts";

// 47 databases, of them three dirty and one locked; one that is listed twice, one nobody answers for, one that does not exist: 50 lines.
const names = Array.from({ length: 47 }, (_, place) => `tenant-${String(place + 1).padStart(2, "0")}`);
const dirty = ["tenant-07", "tenant-19", "tenant-40"];
const locked = "tenant-23";
const closed = "tenant-31";

let fleet: FleetCase;
let list: string;

beforeAll(async () => {
  fleet = await createFleet(names);
  for (const name of dirty) {
    await of(name)
      .sql`update public.contacts set phone = 'no number' where id = (select id from public.contacts order by id limit 1)`;
  }
  const { url } = of("tenant-11");
  const [gone, missing] = [new URL(url), new URL(url)];
  gone.port = "1";
  missing.pathname = "/ssot_not_there";
  list = fleet.list([
    ...[...fleet.databases].map(([name, database]) => `${name} ${database.url}`),
    `twice ${url.replace("127.0.0.1", "localhost")}`,
    `gone ${gone.href}`,
    `missing ${missing.href}`,
  ]);
}, 300_000);

afterAll(() => fleet.drop(), 300_000);

test("a fleet of fifty that is killed in its middle goes on with the rest, and ends with exact counts", async () => {
  const session = await of(locked).sql.reserve();
  await session`select pg_advisory_lock(${lockClass}, 1)`;
  const most = watchSessions();
  const args = ["fleet", "migrate", "--targets", list, "--connections-per-server", "9", "--wait", "0"];
  const child = spawn(process.execPath, [join(packageRoot(), "bin", "ssot.js"), ...args], { stdio: "ignore" });
  await untilTrue(async () => (await migrated()).length >= 15);
  child.kill("SIGKILL");
  await untilTrue(async () => (await sessionsOfSsot()) === 0);
  const before = await migrated();
  expect(before.length).toBeGreaterThanOrEqual(15);
  expect(before.length).toBeLessThan(43);

  const { exitCode, report, of: outcome } = await callFleet(args.slice(1));
  expect(exitCode).toBe(4);
  expect(kindsOf(report)).toEqual({
    targets: 50,
    done: 43 - before.length,
    "nothing-to-do": before.length,
    same: 1,
    unable: 2,
    failed: 3,
    locked: 1,
  });
  expect(report.targets.filter(({ state }) => state === "nothing-to-do").map(({ name }) => name)).toEqual(before);
  expect(dirty.map((name) => outcome(name)?.report)).toEqual(
    dirty.map(() => expect.objectContaining({ error: expect.objectContaining({ code: "UNFIXABLE_PHONE" }) })),
  );
  expect(outcome("twice")).toMatchObject({ sameAs: "tenant-11" });
  expect(outcome(locked)).toMatchObject({ exit: 5, attempts: 2 });
  expect(await migrated()).toHaveLength(43);
  for (const name of [...dirty, locked]) expect(await appliedIn(of(name))).toBe(0);
  expect((await most()).most).toBeLessThanOrEqual(9);
  await session`select pg_advisory_unlock(${lockClass}, 1)`;
  session.release();
  const third = await callFleet(args.slice(1));
  expect(kindsOf(third.report)).toEqual({ targets: 50, "nothing-to-do": 43, same: 1, unable: 2, failed: 3, done: 1 });
}, 300_000);

test("the drop runs where each gate is open, and the others are listed with their reasons and dates", async () => {
  for (const [name, { sql }] of fleet.databases) {
    if (name !== closed && !dirty.includes(name))
      await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  }
  const { exitCode, report, of: outcome } = await callFleet(["migrate", "--phase", "3", "--targets", list]);
  expect(exitCode).toBe(3);
  expect(kindsOf(report)).toEqual({ targets: 50, done: 43, same: 1, unable: 2, held: 4 });
  expect(outcome(closed)?.report).toMatchObject({
    error: { code: "GATE", message: expect.stringMatching(/not before \d{4}-\d\d-\d\d/) },
  });
  expect(await appliedIn(of(closed))).toBe(4);
  expect(await appliedIn(of("tenant-01"))).toBe(5);
}, 300_000);

/** Counts the sessions of ours on the server, four times a second; gives the most. */
function watchSessions(): () => Promise<{ readonly most: number }> {
  let most = 0;
  let ends = false;
  const watching = (async () => {
    while (!ends) {
      most = Math.max(most, await sessionsOfSsot());
      await sleep(100);
    }
  })();
  return async () => {
    ends = true;
    await watching;
    return { most };
  };
}

async function sessionsOfSsot(): Promise<number> {
  const [row] = await of("tenant-01").sql<{ count: number }[]>`
    select count(*)::int as count from pg_catalog.pg_stat_activity
    where application_name = 'ssot' and datname = any(${[...fleet.databases.values()].map(({ name }) => name)})`;
  return row?.count ?? 0;
}

async function migrated(): Promise<readonly string[]> {
  const counts = await Promise.all(names.map(async (name) => [name, await appliedIn(of(name))] as const));
  return counts.filter(([, count]) => count === 4).map(([name]) => name);
}

async function untilTrue(check: () => Promise<boolean>): Promise<void> {
  for (let look = 0; look < 1200; look += 1) {
    if (await check()) return;
    await sleep(100);
  }
  throw new Error("it did not become true");
}

function of(name: string): TestDatabase {
  const database = fleet.databases.get(name);
  if (database === undefined) throw new Error(`there is no database ${name}`);
  return database;
}
