import { afterEach, beforeEach, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { rollback } from "../../src/core/rollback.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.drop());

test("the dirty database is migrated as planned, and rolled back to where it was", async () => {
  const { sql, url } = database;
  await loadDirtyCase(sql);
  const before = await snapshotDatabase(sql);
  const planned = await plan(migrateOptions(url));
  expect(await snapshotDatabase(sql)).toBe(before);
  const report = await migrate(migrateOptions(url));
  expect(report.applied.map(({ effects }) => effects)).toEqual(planned.pending.map(({ effects }) => effects));
  const taken = await rollback(rollbackOptions(url));
  expect(taken.rolledBack.filter(({ kept }) => Object.keys(kept).length > 0)).toEqual([]);
  expect(await snapshotDatabase(sql)).toBe(before);
});
