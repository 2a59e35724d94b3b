import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { phase1 } from "../support/phase1.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { storm } from "./storm.ts";

let unmigrated: Clones;
let migrated: Clones;
let database: TestDatabase | undefined;

beforeAll(async () => {
  const seed = await createTestDatabase();
  await loadSeedCase(seed.sql);
  unmigrated = await cloneable(seed);
  const done = await unmigrated.clone();
  await migrate(migrateOptions(done.url));
  migrated = await cloneable(done);
});
afterEach(async () => {
  await database?.drop();
  database = undefined;
});
afterAll(async () => {
  await migrated?.drop();
  await unmigrated?.drop();
});

let last = 0;
function newNumber(): string {
  last += 1;
  return `+1303555${String(1000 + last)}`;
}

test("200 concurrent first calls of one new number make one contact, and every call is linked", async () => {
  database = await migrated.clone();
  await storm(database.url, newNumber(), 200);
});

test("so they do before the first migration, where no index helps", async () => {
  database = await unmigrated.clone();
  await storm(database.url, newNumber(), 200);
});

test("so they do where somebody has a unique key on the two columns, and no column source", async () => {
  database = await unmigrated.clone();
  await database.sql`alter table public.contacts add unique (phone, org_id)`;
  await storm(database.url, newNumber(), 200);
});

/** Storms, one after the other, as long as a run lasts, and one more when it is over. */
async function stormWhile(url: string, run: Promise<unknown>): Promise<number> {
  let over = false;
  const finished = run.finally(() => {
    over = true;
  });
  let storms = 0;
  while (!over) {
    await storm(url, newNumber(), 40);
    storms += 1;
  }
  await finished;
  await storm(url, newNumber(), 40);
  return storms;
}

test("no event is lost or refused while the migrations run, nor while they are taken back", async () => {
  database = await unmigrated.clone();
  const { url, sql } = database;
  expect(await stormWhile(url, migrate(migrateOptions(url)))).toBeGreaterThan(0);
  const [ledger] = await sql<{ n: number }[]>`select count(*)::integer as n from ssot.ledger`;
  expect(ledger?.n).toBe(phase1.length);
  expect(await stormWhile(url, rollback({ ...rollbackOptions(url), all: true }))).toBeGreaterThan(0);
  const [left] = await sql<{ left: string | null }[]>`select to_regclass('ssot.ledger')::text as left`;
  expect(left?.left).toBeNull();
});
