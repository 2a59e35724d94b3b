import { afterAll, beforeAll, expect, test } from "vitest";
import { dirtyCallId, dirtyContactId } from "../../fixtures/dirty-case.ts";
import { expectedLinks } from "../properties/model.ts";
import { type MigratedCase, migrateDirtyCase } from "./migrated-case.ts";

let database: MigratedCase;

beforeAll(async () => {
  database = await migrateDirtyCase();
});

afterAll(() => database.drop());

async function contactOf(call: number): Promise<string | null | undefined> {
  const [row] = await database.sql<{ contact_id: string | null }[]>`
    select contact_id from public.calls where id = ${dirtyCallId(call)}`;
  return row?.contact_id;
}

test("every call has the contact that an independent reading of all numbers gives it", async () => {
  const rows = await database.sql<{ id: string; contact_id: string | null }[]>`
    select id, contact_id from public.calls order by id`;
  expect(Object.fromEntries(rows.map((row) => [row.id, row.contact_id]))).toEqual(expectedLinks(database.originals));
});

test.each([
  [1040, 201, "the contact's number is written with brackets"],
  [1041, 202, "the call's number is written with hyphens"],
  [1045, 231, "the call's number begins with 00"],
  [1061, 401, "of two contacts with the number, the oldest"],
  [1064, 410, "of contacts of one moment, the smallest id"],
  [1011, 104, "inbound without phone_number: from_number"],
  [1077, 120, "inbound with a blank phone_number: from_number"],
  [1081, 120, "inbound with both: phone_number"],
  [1084, 204, "outbound: phone_number"],
  [1085, 190, "inbound from the organisation's own number"],
  [1066, 905, "the contact of the call's own organisation"],
  [1097, 902, "the same number in two organisations"],
])("call %i gets contact %i: %s", async (call, contact) => {
  expect(await contactOf(call)).toBe(dirtyContactId(contact));
});

test.each([
  [1082, "outbound without phone_number: from_number is the organisation's own"],
  [1083, "outbound to a number that no contact has"],
  [1095, "the number is another organisation's contact's"],
  [1073, "no number but a word"],
  [1079, "a national number of an unknown country"],
])("call %i stays without contact: %s", async (call) => {
  expect(await contactOf(call)).toBeNull();
});

test.each([
  [1091, 120],
  [1012, 107],
  [1093, 101],
])("call %i keeps the contact %i that it had", async (call, contact) => {
  expect(await contactOf(call)).toBe(dirtyContactId(contact));
});

test("no new link leaves its organisation", async () => {
  const had = database.originals.calls.filter(({ contact_id }) => contact_id !== null).map(({ id }) => id);
  const strange = await database.sql`
    select c.id from public.calls as c join public.contacts as k on k.id = c.contact_id
    where k.org_id <> c.org_id and c.id <> all (${had}::uuid[])`;
  expect(strange).toEqual([]);
});

test("a link to another organisation's contact shows no contact in the view", async () => {
  const rows = await database.sql`
    select resolved_caller_name, contact_email, name_source from public.calls_with_caller_names
    where id in (${dirtyCallId(1093)}, ${dirtyCallId(1094)}) order by id`;
  expect(rows).toEqual([
    { resolved_caller_name: "+14155550101", contact_email: null, name_source: "phone" },
    { resolved_caller_name: "+16505550194", contact_email: null, name_source: "phone" },
  ]);
});
