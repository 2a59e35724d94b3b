import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";

/** Where a database stands while the webhook goes on: before it is migrated, after it, and without the deprecated columns. */
export const stages = ["before the migration", "after it", "after the drop"] as const;

/** The seed's data at one of the stages. */
export async function databaseAt(stage: (typeof stages)[number]): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await loadSeedCase(database.sql);
  if (stage === "before the migration") return database;
  await migrate(migrateOptions(database.url));
  if (stage === "after it") return database;
  await migrate(migrateOptions(database.url, { phase3: true, force: { reason: "a test" } }));
  return database;
}
