import { afterAll, beforeAll, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { readTally, snapshotOutside } from "./outcome.ts";
import { cases } from "./plain-case.ts";
import { plainFiles, routes } from "./routes.ts";
import { splitLikeSupabase } from "./supabase-splitter.ts";

let readable: Clones;
let dirty: Clones;

beforeAll(async () => {
  readable = (await cases.dirty?.()) ?? expect.unreachable();
  const database = await createTestDatabase();
  await loadDirtyCase(database.sql);
  dirty = await cloneable(database);
});
afterAll(async () => {
  await readable.drop();
  await dirty.drop();
});

// Where a statement-by-statement run is cut, counted in statements of a file; every file once, in several places.
const cuts = [
  [0, 6],
  [0, 10],
  [0, 17],
  [0, 22],
  [1, 7],
  [1, 12],
  [1, 19],
  [1, 25],
  [1, 31],
  [1, 37],
  [2, 6],
  [3, 5],
  [3, 6],
] as const;

test.each(cuts)(
  "file %i cut after statement %i: ssot migrate goes on, and rollback takes it back",
  async (file, statement) => {
    const [database, other] = [await readable.clone(), await readable.clone()];
    try {
      const original = await snapshotDatabase(database.sql);
      await sendUntil(database, file, statement);
      await migrate(migrateOptions(database.url));
      await migrate(migrateOptions(other.url));
      expect(await snapshotOutside(database)).toBe(await snapshotOutside(other));
      expect(await readTally(database)).toEqual(await readTally(other));
      await rollback(rollbackOptions(database.url));
      expect(await snapshotDatabase(database.sql)).toBe(original);
    } finally {
      await database.drop();
      await other.drop();
    }
  },
);

test.each(cuts)("file %i cut after statement %i: ssot rollback takes it back at once", async (file, statement) => {
  const database = await readable.clone();
  try {
    const original = await snapshotDatabase(database.sql);
    await sendUntil(database, file, statement);
    await rollback(rollbackOptions(database.url));
    expect(await snapshotDatabase(database.sql)).toBe(original);
  } finally {
    await database.drop();
  }
});

test("numbers that SQL cannot read stop the files, and ssot migrate reads them and goes on", async () => {
  const [database, other] = [await dirty.clone(), await dirty.clone()];
  try {
    const send = routes["statement by statement"]?.(database, await plainFiles());
    await expect(send).rejects.toMatchObject({ code: "SS001" });
    await migrate(migrateOptions(database.url));
    await migrate(migrateOptions(other.url));
    expect(await snapshotOutside(database)).toBe(await snapshotOutside(other));
  } finally {
    await database.drop();
    await other.drop();
  }
});

test.each(Object.keys(routes).filter((route) => route !== "statement by statement"))(
  "numbers that SQL cannot read stop %s, and nothing has changed",
  async (route) => {
    const database = await dirty.clone();
    try {
      const before = await snapshotDatabase(database.sql);
      await expect(routes[route]?.(database, await plainFiles())).rejects.toMatchObject({ code: "SS001" });
      await database.sql`drop schema if exists rpc cascade`;
      expect(await snapshotDatabase(database.sql)).toBe(before);
    } finally {
      await database.drop();
    }
  },
);

async function sendUntil(database: TestDatabase, file: number, statement: number): Promise<void> {
  const files = await plainFiles();
  const statements = splitLikeSupabase(files[file]?.sql ?? "");
  expect(statements.length).toBeGreaterThan(statement);
  const cut = {
    name: "cut",
    sql: statements
      .slice(0, statement)
      .map((text) => `${text};\n`)
      .join(""),
  };
  await routes["statement by statement"]?.(database, [...files.slice(0, file), cut]).catch((error: unknown) => {
    // The former settings come back with the last statement.
    if (!(error instanceof Error) || error.message !== "a setting was left changed") throw error;
  });
}
