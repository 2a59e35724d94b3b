import { afterEach, beforeEach, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { differences } from "../crash/differences.ts";
import { snapshotWithoutViews } from "../crash/equal-databases.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { partitionCalls } from "../support/partitioned-calls.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await partitionCalls(database.sql);
  await loadDirtyCase(database.sql);
});

afterEach(() => database.drop());

test("the drop goes through every partition, and its rollback brings columns, values and indexes back there", async () => {
  const { sql, url } = database;
  const original = await snapshotDatabase(sql);
  await migrate(migrateOptions(url));
  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  const before = await snapshotWithoutViews(database);
  await migrate(migrateOptions(url, { phase3: true }));
  const [left] = await sql`
    select count(*)::integer as n from pg_catalog.pg_attribute as a
    where (a.attrelid = 'public.calls'::regclass or a.attrelid in (select relid from pg_partition_tree('public.calls')))
      and a.attname in ('caller_name', 'from_number') and not a.attisdropped`;
  expect(left?.n).toBe(0);
  await rollback(rollbackOptions(url, { all: false }));
  expect(differences(before, await snapshotWithoutViews(database))).toEqual([]);
  await rollback(rollbackOptions(url));
  expect(differences(original, await snapshotDatabase(sql))).toEqual([]);
});
