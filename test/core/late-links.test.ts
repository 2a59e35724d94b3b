import type postgres from "postgres";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";

const migration = "20260209000100_backfill_contact_ids";
const org = "00000000-0000-4000-8000-000000000001";

let database: TestDatabase;
let run: postgres.ReservedSql;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.sql`insert into public.organizations (id, name) values (${org}, 'One')`;
  await database.sql`insert into public.contacts (org_id, name, phone) values (${org}, 'Ada Byron', '+12025550101')`;
  await database.sql`
    insert into public.calls (org_id, vapi_call_id, call_direction, phone_number)
    values (${org}, 'known', 'inbound', '+12025550101'), (${org}, 'stranger', 'inbound', '+12025550199')`;
  await migrate(migrateOptions(database.url, { to: "20260209000100" }));
  run = await database.sql.reserve();
});
afterAll(async () => {
  run.release();
  await database.drop();
});

const isOld = async (sql: postgres.Sql | postgres.ReservedSql = run): Promise<boolean | undefined> => {
  const [row] = await sql<{ old: boolean }[]>`select ssot.links_are_old() as old`;
  return row?.old;
};

beforeEach(async () => {
  await run`select ssot.plan_links(${migration})`;
});

test("a plan is good while nothing is written, and for the session that made it alone", async () => {
  expect(await isOld()).toBe(false);
  await database.sql`update public.calls set notes = 'x' where contact_id is not null`;
  expect(await isOld()).toBe(false);
  expect(await isOld(database.sql)).toBe(true);
});

test.each([
  ["a call", `insert into public.calls (org_id, vapi_call_id, call_direction) values ('${org}', 'new', 'inbound')`],
  ["a call's number", "update public.calls set phone_number = '+12025550101' where vapi_call_id = 'stranger'"],
  ["a contact", `insert into public.contacts (org_id, name, phone) values ('${org}', 'Mary', '+12025550199')`],
  ["a contact's number", "update public.contacts set phone = '+12025550198' where name = 'Mary'"],
  ["an organisation's country", "update public.organizations set telephony_country = 'DE'"],
])("it is old once somebody wrote %s", async (_, statement) => {
  await database.sql.unsafe(statement);
  expect(await isOld()).toBe(true);
});

test("it is old once a write ends that was open when it was made", async () => {
  const writer = await database.sql.reserve();
  await writer`begin`;
  await writer`insert into public.calls (org_id, vapi_call_id, call_direction) values (${org}, 'open', 'inbound')`;
  await run`select ssot.plan_links(${migration})`;
  expect(await isOld()).toBe(false);
  await writer`commit`;
  writer.release();
  expect(await isOld()).toBe(true);
});

test("it is old once a row has left it, whose contact was deleted", async () => {
  await run`delete from ssot.journal where task = 'calls.contact_id'`;
  expect(await isOld()).toBe(true);
});
