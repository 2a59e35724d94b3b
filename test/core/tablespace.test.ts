import postgres from "postgres";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";

let database: TestDatabase;
const name = `ssot_space_${crypto.randomUUID().slice(0, 8)}`;

// A tablespace is the whole server's. Only the server's own folder is sure to take one.
async function onServer(statement: string): Promise<void> {
  const sql = postgres(inject("testServer").url, { max: 1 });
  await sql`set allow_in_place_tablespaces = on`;
  await sql.unsafe(statement);
  await sql.end();
}

beforeEach(async () => {
  await onServer(`create tablespace ${name} location ''`);
  database = await createTestDatabase();
  await loadSeedCase(database.sql);
});

afterEach(async () => {
  await database.drop();
  await onServer(`drop tablespace ${name}`);
});

test("an index of a dropped column comes back in its tablespace", async () => {
  const { sql, url } = database;
  await sql.unsafe(`alter index public.idx_calls_from_number set tablespace ${name}`);
  await migrate(migrateOptions(url));
  await sql`update ssot.ledger set run_on = run_on - interval '70 days'`;
  await migrate(migrateOptions(url, { phase3: true }));
  await rollback(rollbackOptions(url, { all: false }));
  expect(await sql`select tablespace from pg_catalog.pg_indexes where indexname = 'idx_calls_from_number'`).toEqual([
    { tablespace: name },
  ]);
});
