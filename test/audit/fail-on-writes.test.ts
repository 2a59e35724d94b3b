import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { callSsot } from "../cli/call-ssot.ts";
import type { Clones } from "../promises/clones.ts";
import type { TestDatabase } from "../support/database.ts";
import { healthyClones } from "../verify/healthy-case.ts";

let clones: Clones;
let database: TestDatabase;

beforeAll(async () => {
  clones = await healthyClones();
});
beforeEach(async () => {
  database = await clones.clone();
});
afterEach(() => database.drop());
afterAll(() => clones?.drop());

const write = "update public.calls set caller_name = 'Somebody' where vapi_call_id = 'vapi-seed-01'";

async function exitCode(since: string): Promise<number> {
  const args = ["audit", "deprecated", "--fail-on-writes", "--since", since];
  return (await callSsot(args, { env: { DATABASE_URL: database.url } })).exitCode;
}

// By which a write leaves its trace and no row of the audit.
const silenced: readonly (readonly [how: string, before: string, after: string])[] = [
  ["deleted", "", "delete from public.deprecated_column_audit"],
  ["truncated", "", "truncate public.deprecated_column_audit"],
  [
    "swallowed by somebody's trigger",
    `create function public.swallow() returns trigger language plpgsql as $$ begin return null; end $$;
     create trigger swallow before insert on public.deprecated_column_audit for each row execute function public.swallow()`,
    "",
  ],
  [
    "refused by somebody's trigger",
    `create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
     create trigger refuse before insert on public.deprecated_column_audit for each row execute function public.refuse()`,
    "",
  ],
];

test.each(silenced)("a write fails the job although its audit row was %s", async (_, before, after) => {
  const { sql } = database;
  await sql.unsafe(before);
  expect(await exitCode("1d")).toBe(0);
  await sql.unsafe(write);
  await sql.unsafe(after);
  expect(await sql`select from public.deprecated_column_audit`).toHaveLength(0);
  expect(await exitCode("1d")).toBe(1);
});

test("a write whose trace is older than what is asked about does not", async () => {
  const { sql } = database;
  await sql.unsafe(write);
  await sql`truncate public.deprecated_column_audit`;
  await sql`update ssot.deprecated_write set written_at = now() - interval '3 days'`;
  expect([await exitCode("1d"), await exitCode("7d")]).toEqual([0, 1]);
});
