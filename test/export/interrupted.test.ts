import { afterAll, beforeAll, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { draw } from "../support/draw.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { readTally, snapshotOutside } from "./outcome.ts";
import { engineFiles, migrationFiles, plainFiles, routes } from "./routes.ts";
import { splitLikeSupabase } from "./supabase-splitter.ts";

let clones: Clones;
let original: string;
let outside: string;
let migrated: string;
let tally: unknown;

// The dirty case with the numbers that SQL leaves to ssot: the files alone stop at them.
beforeAll(async () => {
  const source = await createTestDatabase();
  await loadDirtyCase(source.sql);
  clones = await cloneable(source);
  await withClone(async (database) => {
    original = await snapshotDatabase(database.sql);
    outside = await snapshotDatabase(database.sql, { ignoreSchemas: ["ssot"] });
    await migrate(migrateOptions(database.url));
    migrated = await snapshotOutside(database);
    tally = await readTally(database);
  });
});
afterAll(() => clones.drop());

test("numbers that SQL cannot read stop the files; ssot migrate reads them and goes on, and rollback takes all back", () =>
  withClone(async (database) => {
    const sent = routes["statement by statement"]?.(database, await plainFiles());
    await expect(sent).rejects.toMatchObject({ code: "SS001" });
    await migrate(migrateOptions(database.url));
    expect(await snapshotOutside(database)).toBe(migrated);
    expect(await readTally(database)).toEqual(tally);
    await rollback(rollbackOptions(database.url));
    expect(await snapshotDatabase(database.sql)).toBe(original);
  }));

test.each(Object.keys(routes).filter((route) => route !== "statement by statement"))(
  "numbers that SQL cannot read stop %s, and nothing has changed",
  (route) =>
    withClone(async (database) => {
      await routes[route]?.(database, await engineFiles());
      const before = await snapshotDatabase(database.sql);
      await expect(routes[route]?.(database, await migrationFiles())).rejects.toMatchObject({ code: "SS001" });
      await database.sql`drop schema if exists rpc cascade`;
      expect(await snapshotDatabase(database.sql)).toBe(before);
      expect(await snapshotDatabase(database.sql, { ignoreSchemas: ["ssot"] })).toBe(outside);
    }),
);

// Cut when the step's own statement is done, and its record is written only where that is the same statement.
const cuts = [
  [0, "loose_numbers"],
  [0, "phone_map"],
  [1, "quarantine_contacts"],
  [1, "merge_contacts"],
  [1, "replace_placeholder_names"],
  [1, "validate_names"],
  [2, "create_view"],
  [3, "audit"],
] as const;

test.each(draw("cut files, gone on", cuts, String, 0.2))(
  "file %i cut after step %s: ssot migrate goes on",
  (file, step) =>
    withClone(async (database) => {
      await sendUntil(database, file, step);
      await migrate(migrateOptions(database.url));
      expect(await snapshotOutside(database)).toBe(migrated);
      expect(await readTally(database)).toEqual(tally);
    }),
);

test.each(draw("cut files, taken back", cuts, String, 0.2))(
  "file %i cut after step %s: ssot rollback takes it back",
  (file, step) =>
    withClone(async (database) => {
      await sendUntil(database, file, step);
      await rollback(rollbackOptions(database.url));
      expect(await snapshotDatabase(database.sql)).toBe(original);
    }),
);

/** Earlier files are run by ssot; of this one, each statement by itself up to the step's. */
async function sendUntil({ url, sql }: TestDatabase, file: number, step: string): Promise<void> {
  const files = await migrationFiles();
  const { name = "", sql: text = "" } = files[file] ?? {};
  const before = files[file - 1]?.name;
  if (before !== undefined) await migrate(migrateOptions(url, { to: before }));
  const statements = splitLikeSupabase(text);
  const last = statements.findIndex((statement) =>
    new RegExp(`^/[*] Step ${step}$`, "m").test(statement.replace(" */", "")),
  );
  expect(last, `${step} in ${name}`).toBeGreaterThan(0);
  const session = await sql.reserve();
  for (const engine of await engineFiles()) await session.unsafe(engine.sql);
  for (const statement of statements.slice(0, last + 1)) await session.unsafe(statement);
  session.release();
}

async function withClone(work: (database: TestDatabase) => Promise<void>): Promise<void> {
  const database = await clones.clone();
  try {
    await work(database);
  } finally {
    await database.drop();
  }
}
