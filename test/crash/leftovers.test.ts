import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { differences } from "./differences.ts";
import { createOccupiedDatabase } from "./equal-databases.ts";
import { holdAt, installPoints, listPoints, untilHeld } from "./hold-points.ts";
import { interruptEverywhere, terminateRun } from "./interruptions.ts";
import { carryOut } from "./runs.ts";

const indexes = ["idx_calls_contact_id", "idx_contacts_org_phone", "idx_contacts_org_phone_unique"];

let database: TestDatabase;

beforeEach(async () => {
  database = await createOccupiedDatabase();
});

afterEach(() => database.drop());

/** What a build that is cancelled or killed leaves: the index is there, and invalid. */
async function spoilIndex({ sql }: TestDatabase, name: string): Promise<void> {
  await sql`update pg_catalog.pg_index set indisvalid = false where indexrelid = to_regclass(${`public.${name}`})`;
}

test("an invalid index that an interrupted build left is built again, in both directions", async () => {
  const { sql, url } = database;
  const before = await snapshotDatabase(sql);
  const invalid = () => sql`
    select indexrelid::regclass::text as name from pg_catalog.pg_index where not indisvalid order by name`;
  const spoiled: string[] = [];
  const indexOf = (place: string) => indexes.find((each) => place.endsWith(` ${each}`));
  const spoil = async (place: string): Promise<void> => {
    const name = indexOf(place) ?? "none";
    await spoilIndex(database, name);
    spoiled.push(name);
    expect(await invalid()).toHaveLength(1);
  };
  await interruptEverywhere(
    "record",
    sql,
    (each) => migrate(migrateOptions(url, { waitSeconds: 30, ...each })),
    spoil,
    (place) => indexOf(place) !== undefined,
  );
  expect(await invalid()).toEqual([]);
  await interruptEverywhere(
    "record",
    sql,
    (each) => rollback(rollbackOptions(url, { waitSeconds: 30, ...each })),
    spoil,
    (place) => indexOf(place) !== undefined,
  );
  expect(spoiled.toSorted()).toEqual([...indexes, ...indexes].toSorted());
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
});

test("a complete rollback that lost only its bookkeeping's end removes the schema when it is run again", async () => {
  const { sql, url } = database;
  const before = await snapshotDatabase(sql);
  await migrate(migrateOptions(url));
  const onSql = (text: string): void => {
    if (text.includes("drop table ssot.tally")) throw new Error("the client dies");
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
  const sessions = await sql`
    select pid from pg_catalog.pg_stat_activity where datname = current_database() and application_name = 'ssot'`;
  expect(sessions).toHaveLength(0);
  await migrate(migrateOptions(url, { waitSeconds: 30 }));
  expect(await sql`select name from ssot.ledger`).toHaveLength(4);
});

test("merges whose plan alone was committed are done once, and taken back", async () => {
  const { sql, url } = database;
  await installPoints(sql);
  const before = await snapshotDatabase(sql, { ignoreSchemas: ["strike"] });
  const points = await listPoints(sql, (progress) => carryOut("migrate", url, progress));
  const counted = () => sql`select n from ssot.tally where direction = 'migrate' and what = 'contactsMerged'`;
  const once = await counted();
  await carryOut("rollback --all", url);
  const first = points.find(({ name }) => name.endsWith("merge_contacts: insert merge_journal"));
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
