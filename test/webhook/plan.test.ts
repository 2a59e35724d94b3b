import { afterAll, beforeAll, expect, test } from "vitest";
import { generateData } from "../../fixtures/generate.ts";
import { migrate } from "../../src/core/migrate.ts";
import { callStatement } from "../../src/webhook/call-statement.ts";
import { callValues } from "../../src/webhook/call-values.ts";
import { readCallsSchema } from "../../src/webhook/calls-schema.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await generateData(database.sql, { calls: 20_000, contacts: 5_000, organizations: 3 });
  await migrate(migrateOptions(database.url));
  await database.sql`vacuum (analyze) public.calls, public.contacts`;
});
afterAll(() => database?.drop());

/** The scans of the statement's plan, as EXPLAIN prints them. */
async function scansOf(mode: string): Promise<readonly string[]> {
  const [known] = await database.sql<{ org: string; phone: string }[]>`
    select org_id as org, phone from public.contacts limit 1`;
  const schema = await readCallsSchema(database.sql);
  const values = callValues(schema, {
    orgId: known?.org ?? "",
    country: "US",
    vapiCallId: "a call",
    direction: "inbound",
    number: known?.phone ?? "",
    name: "Somebody",
    leadScore: 50,
    leadStatus: "warm",
  });
  const literals = values.map((value) => (value === null ? "null" : `'${String(value)}'`));
  return database.sql.begin(async (transaction) => {
    await transaction.unsafe(`set local plan_cache_mode = ${mode}`);
    await transaction.unsafe(`prepare event as ${callStatement(schema)}`);
    const lines = await transaction.unsafe<{ "QUERY PLAN": string }[]>(
      `explain execute event (${literals.join(", ")})`,
    );
    await transaction.unsafe("deallocate event");
    return lines.map((line) => line["QUERY PLAN"]).filter((line) => / (Scan|on) .*(contacts|calls)/.test(line));
  });
}

test.each(["force_generic_plan", "force_custom_plan"])("an event is nothing but look-ups by key, %s", async (mode) => {
  const scans = await scansOf(mode);
  expect(scans.filter((line) => line.includes("Scan"))).not.toEqual([]);
  expect(scans.filter((line) => line.includes("Seq Scan") || line.includes("Bitmap"))).toEqual([]);
  expect(scans.join("\n")).toMatch(/Index.* using calls_vapi_call_id_key on calls/);
  expect(scans.join("\n")).toMatch(/Index.* using idx_contacts_org_phone(_unique)? on contacts/);
});
