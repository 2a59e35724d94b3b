import { afterAll, beforeAll, expect, test } from "vitest";
import { dirtyCallId, dirtyContactId, dirtyOrganizationId } from "../../fixtures/dirty-case.ts";
import { type MigratedCase, migrateDirtyCase, undone } from "./migrated-case.ts";

let database: MigratedCase;

beforeAll(async () => {
  database = await migrateDirtyCase();
});

afterAll(() => database.drop());

async function shown(call: number) {
  const [row] = await database.sql`
    select resolved_caller_name as name, name_source as source from public.calls_with_caller_names
    where id = ${dirtyCallId(call)}`;
  return row;
}

test("the view reads with the rights of its reader", async () => {
  const [row] = await database.sql`
    select relkind, reloptions from pg_catalog.pg_class where oid = 'public.calls_with_caller_names'::regclass`;
  expect(row).toEqual({ relkind: "v", reloptions: ["security_invoker=true"] });
});

test("it has every column of calls, then the five of its own", async () => {
  const columns = async (relation: string) =>
    (
      await database.sql<{ name: string }[]>`
        select attname as name from pg_catalog.pg_attribute
        where attrelid = ${relation}::regclass and attnum > 0 and not attisdropped order by attnum`
    ).map(({ name }) => name);
  expect(await columns("public.calls_with_caller_names")).toEqual([
    ...(await columns("public.calls")),
    "resolved_caller_name",
    "contact_email",
    "contact_lead_status",
    "contact_lead_score",
    "name_source",
  ]);
});

test("it shows every call once", async () => {
  const [row] = await database.sql`
    select (select count(*) from public.calls) as calls, (select count(*) from public.calls_with_caller_names) as shown,
      (select count(distinct id) from public.calls_with_caller_names) as different`;
  expect(row?.shown).toBe(row?.calls);
  expect(row?.different).toBe(row?.calls);
});

test.each([
  [1001, "Amelia Stone-Reyes", "contact", "the contact's name"],
  [1011, "李", "contact", "a name of one character"],
  [1020, "+14155550103", "phone", "a contact called by its phone"],
  [1070, "+16505550170", "phone", "no contact, but a number"],
  [1079, "020 7946 0958", "phone", "a number that nobody could read"],
  [1073, "anonymous", "unknown", "a word instead of a number"],
  [1074, "sip:bob@example.com", "unknown", "an address"],
  [1078, "1-800-FLOWERS", "phone", "a number with letters"],
  [1072, "Unknown", "unknown", "nothing at all"],
  [1094, "+16505550194", "phone", "a contact of another organisation"],
])("call %i shows %s, name_source %s: %s", async (call, name, source) => {
  expect(await shown(call)).toEqual({ name, source });
});

test("no call with a number is shown as Unknown, and none as Unknown Caller", async () => {
  const rows = await database.sql`
    select id from public.calls_with_caller_names
    where (btrim(phone_number) <> '' and resolved_caller_name = 'Unknown') or resolved_caller_name ~* 'unknown.caller'`;
  expect(rows).toEqual([]);
});

test("a renamed contact shows at once", async () => {
  const rows = await undone(database.sql, async (tx) => {
    await tx`update public.contacts set name = 'Renamed Just Now' where id = ${dirtyContactId(101)}`;
    return tx`
      select distinct resolved_caller_name as name from public.calls_with_caller_names
      where contact_id = ${dirtyContactId(101)} and org_id = ${dirtyOrganizationId(1)}`;
  });
  expect(rows).toEqual([{ name: "Renamed Just Now" }]);
});

test("the view says in its comment what it is for", async () => {
  const [row] = await database.sql<{ text: string }[]>`
    select obj_description('public.calls_with_caller_names'::regclass, 'pg_class') as text`;
  expect(row?.text).toMatch(/single source of truth/);
});
