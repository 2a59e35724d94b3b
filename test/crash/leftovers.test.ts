import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import type { TestDatabase } from "../support/database.ts";
import { phase1 } from "../support/phase1.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { differences } from "./differences.ts";
import { createOccupiedDatabase, snapshotOutside } from "./equal-databases.ts";
import { holdAt, installPoints, listPoints, untilHeld } from "./hold-points.ts";
import { terminateRun } from "./interruptions.ts";
import { carryOut } from "./runs.ts";

// In the order in which migrate builds them; rollback goes the other way, and builds somebody's again.
const indexes = ["idx_contacts_org_phone", "idx_calls_contact_id", "idx_contacts_org_phone_unique"];

let database: TestDatabase;

beforeEach(async () => {
  database = await createOccupiedDatabase();
});

afterEach(() => database.drop());

/** Keeps index builds from their end: what a transaction as old as this may see must be gone first. */
async function holdSnapshot({ sql }: TestDatabase): Promise<() => Promise<void>> {
  const session = await sql.reserve();
  await session.unsafe("begin isolation level repeatable read; select 1");
  return async () => {
    await session`rollback`;
    session.release();
  };
}

/** Waits until a build waits for older transactions. Gives the name of its index. */
async function untilBuilding({ sql }: TestDatabase): Promise<string> {
  for (;;) {
    const [row] = await sql<{ name: string }[]>`
      select c.relname as name
      from pg_catalog.pg_stat_progress_create_index as p
      join pg_catalog.pg_class as c on c.oid = p.index_relid
      where p.datname = current_database() and p.phase = 'waiting for old snapshots'`;
    if (row !== undefined) return row.name;
    await sleep(10);
  }
}

const invalidIndexes = ({ sql }: TestDatabase) => sql<{ name: string }[]>`
  select indexrelid::regclass::text as name from pg_catalog.pg_index where not indisvalid order by name`;

test.each<[string, (url: string, changes: object) => Promise<unknown>]>([
  ["migrate", (url, changes) => migrate(migrateOptions(url, { waitSeconds: 30, ...changes }))],
  ["rollback", (url, changes) => rollback(rollbackOptions(url, { waitSeconds: 30, ...changes }))],
])("%s builds again each index whose build was ended in the middle", async (name, run) => {
  const { sql, url } = database;
  const before = await snapshotDatabase(sql);
  await migrate(migrateOptions(url));
  const migrated = await snapshotOutside(database);
  if (name === "migrate") await rollback(rollbackOptions(url));
  for (const index of name === "migrate" ? indexes : indexes.toReversed()) {
    const controller = new AbortController();
    const progress = { onStep: (_: string, step: string) => void (step === index && controller.abort()) };
    await expect(run(url, { progress, signal: controller.signal })).rejects.toMatchObject({ code: "INTERRUPTED" });
    const release = await holdSnapshot(database);
    const failed = expect(run(url, {})).rejects.toThrow();
    expect(await untilBuilding(database)).toBe(index);
    await terminateRun(sql);
    await failed;
    expect(await invalidIndexes(database)).toEqual([{ name: index }]);
    await release();
  }
  await run(url, {});
  expect(await invalidIndexes(database)).toEqual([]);
  if (name === "migrate") expect(differences(migrated, await snapshotOutside(database))).toEqual([]);
  else expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
});

test("a complete rollback that lost only its bookkeeping's end removes the schema when it is run again", async () => {
  const { sql, url } = database;
  const before = await snapshotDatabase(sql);
  await migrate(migrateOptions(url));
  const onSql = (text: string): void => {
    if (text.includes("drop schema ssot")) throw new Error("the client dies");
  };
  await expect(rollback(rollbackOptions(url, { progress: { onSql } }))).rejects.toThrow("the client dies");
  expect(await sql`select name from ssot.run`).toHaveLength(0);
  await rollback(rollbackOptions(url, { waitSeconds: 30 }));
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
});

test("a session that was lost between two steps is not replaced by another one without the lock", async () => {
  const { sql, url } = database;
  let lost: Promise<unknown> = Promise.resolve();
  const onMigration = (name: string): void => {
    if (!name.includes("validate")) return;
    lost = sql`select pg_terminate_backend(pid) from pg_catalog.pg_locks where locktype = 'advisory'
      and database = (select oid from pg_catalog.pg_database where datname = current_database())`;
  };
  const failed = migrate(migrateOptions(url, { progress: { onMigration, onStep: () => void lost.catch(() => {}) } }));
  await expect(failed).rejects.toMatchObject({ code: expect.stringMatching(/^(UNREACHABLE|MIGRATION_FAILED)$/) });
  await lost;
  // The server's end of a session may come a little later than asked for.
  await expect
    .poll(
      () => sql`
        select pid from pg_catalog.pg_stat_activity where datname = current_database() and application_name = 'ssot'`,
      { timeout: 20_000 },
    )
    .toHaveLength(0);
  await migrate(migrateOptions(url, { waitSeconds: 30 }));
  expect(await sql`select name from ssot.ledger`).toHaveLength(phase1.length);
});

test("merges whose plan alone was committed are done once, and taken back", async () => {
  const { sql, url } = database;
  await installPoints(sql);
  const before = await snapshotDatabase(sql, { ignoreSchemas: ["strike"] });
  const points = await listPoints(sql, (progress) => carryOut("migrate", url, progress));
  const counted = () => sql`select n from ssot.tally where direction = 'migrate' and what = 'contactsMerged'`;
  const once = await counted();
  await carryOut("rollback --all", url);
  const first = points.find(({ name }) => name.endsWith("merge_contacts: insert journal"));
  if (first === undefined) throw new Error("no merge was journaled");
  const letGo = await holdAt(sql, first);
  const failed = expect(carryOut("migrate", url)).rejects.toMatchObject({ code: "MIGRATION_FAILED" });
  await untilHeld(sql, failed);
  await terminateRun(sql);
  await failed;
  await letGo();
  await carryOut("migrate", url);
  expect(await counted()).toEqual(once);
  await carryOut("rollback --all", url);
  expect(differences(before, await snapshotDatabase(sql, { ignoreSchemas: ["strike"] }))).toEqual([]);
});
