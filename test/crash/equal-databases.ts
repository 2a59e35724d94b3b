import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

/** A dirty database that equals every other one made here: the times that the fixture leaves to the clock are set. */
export async function createDirtyDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await loadDirtyCase(database.sql);
  await database.sql`update public.organizations set updated_at = '2026-02-01'`;
  await database.sql`update public.calls set updated_at = '2026-02-01'`;
  return database;
}

/** Everything outside the tool's own schema. */
export const snapshotOutside = ({ sql }: Pick<TestDatabase, "sql">): Promise<string> =>
  snapshotDatabase(sql, { ignoreSchemas: ["ssot"] });

/** The same without the views: columns that were added again stand at their end. */
export async function snapshotWithoutViews(database: Pick<TestDatabase, "sql">): Promise<string> {
  const lines = (await snapshotOutside(database)).split("\n");
  return lines.filter((line) => !line.startsWith("view ")).join("\n");
}
