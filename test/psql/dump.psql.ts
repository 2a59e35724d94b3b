import { afterEach, beforeEach, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { dump } from "./client-programs.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.drop());

test.each([
  ["the seed's case", loadSeedCase],
  ["the dirty case", loadDirtyCase],
])("pg_dump of %s before the migration and after its rollback are equal", async (_, load) => {
  await load(database.sql);
  const before = await dump(database.url);
  expect(before).toMatch(/^COPY public\.calls /m);
  await migrate(migrateOptions(database.url));
  expect(await dump(database.url)).not.toBe(before);
  await rollback(rollbackOptions(database.url));
  expect(await dump(database.url)).toBe(before);
});
