import { afterEach, beforeEach, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.drop());

/** A month passes, as far as the ledger knows. */
async function letAMonthPass({ sql }: TestDatabase): Promise<void> {
  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
}

/** Without the view: columns that were added again stand at its end. */
async function snapshotWithoutView({ sql }: TestDatabase): Promise<string> {
  const lines = (await snapshotDatabase(sql, { ignoreSchemas: ["ssot"] })).split("\n");
  return lines.filter((line) => !line.startsWith("view ")).join("\n");
}

test("the drop keeps every value, and its rollback brings columns, values, indexes, comments and triggers back", async () => {
  const { sql, url } = database;
  await loadDirtyCase(sql);
  const original = await snapshotDatabase(sql);
  await migrate(migrateOptions(url));
  await letAMonthPass(database);
  const before = await snapshotWithoutView(database);
  const report = await migrate(migrateOptions(url, { phase3: true }));
  const [counts] =
    await sql`select count(*)::int as n from pg_attribute where attrelid = 'public.calls'::regclass and attname in ('caller_name', 'from_number') and not attisdropped`;
  expect(counts?.n).toBe(0);
  expect(report.applied).toMatchObject([{ phase: 3 }]);
  await rollback(rollbackOptions(url, { all: false }));
  expect(await snapshotWithoutView(database)).toBe(before);
  await rollback(rollbackOptions(url));
  expect(await snapshotDatabase(sql)).toBe(original);
});

test("calls that come after the drop are linked as well", async () => {
  const { sql, url } = database;
  await loadDirtyCase(sql);
  await migrate(migrateOptions(url));
  await letAMonthPass(database);
  await migrate(migrateOptions(url, { phase3: true }));
  await sql`
    insert into public.calls (org_id, vapi_call_id, call_direction, phone_number)
    select org_id, 'late', 'inbound', phone from public.contacts order by id limit 1`;
  const report = await migrate(migrateOptions(url));
  expect(report.caughtUp).toBe(1);
  const [late] =
    await sql`select contact_id = (select min(id::text)::uuid from public.contacts) as linked from public.calls where vapi_call_id = 'late'`;
  expect(late).toEqual({ linked: true });
});
