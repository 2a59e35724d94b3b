import { afterAll, beforeAll, expect, test } from "vitest";
import { dirtyContactId } from "../../fixtures/dirty-case.ts";
import { expectedNames, numberIn, survivorsOf } from "../properties/model.ts";
import { type MigratedCase, migrateDirtyCase, outcomeOf, undone } from "./migrated-case.ts";

let database: MigratedCase;

beforeAll(async () => {
  database = await migrateDirtyCase();
});

afterAll(() => database.drop());

async function nameOf(contact: number): Promise<string | undefined> {
  const [row] = await database.sql<{ name: string }[]>`
    select name from public.contacts where id = ${dirtyContactId(contact)}`;
  return row?.name;
}

test("every contact has the name that an independent reading of contacts and calls gives it", async () => {
  const rows = await database.sql<{ id: string; name: string }[]>`select id, name from public.contacts order by id`;
  expect(Object.fromEntries(rows.map((row) => [row.id, row.name]))).toEqual(expectedNames(database.originals));
});

test.each([
  [101, "Amelia Stone-Reyes", "the newest real name of its inbound calls"],
  [104, "李", "a call that has only from_number"],
  [107, "Nadia Karim", "a call that was linked before"],
  [110, "José 🎉 Núñez", "its name was its own phone"],
  [413, "Tomás Ó Briain", "a call of its duplicate"],
  [902, "Rescued Elsewhere", "of its own organisation, not of the other one"],
])("contact %i is called %s, rescued from %s", async (contact, name) => {
  expect(await nameOf(contact)).toBe(name);
});

test.each([
  [103, "+14155550103", "blanks"],
  [106, "+14155550106", "unknown caller in odd case and spacing"],
  [108, "+14155550108", "one character"],
  [109, "+14155550109", "no letter"],
  [111, "+14155550111", "only an outbound call has a name"],
  [112, "+14155550112", "another phone"],
  [113, "+14155550113", "its own phone in another spelling"],
  [115, "+14155550115", "tab and line end"],
  [116, "+14155550116", "a no-break space"],
  [117, "+14155550117", "an ideographic space"],
])("contact %i is called by its phone %s: its name was a placeholder (%s)", async (contact, name) => {
  expect(await nameOf(contact)).toBe(name);
});

test.each([114, 120, 121, 122, 123, 124, 125, 126, 127, 128, 129, 130, 131, 132])(
  "the real name of contact %i stays, to the last character",
  async (contact) => {
    const before = database.originals.contacts.find(({ id }) => id === dirtyContactId(contact));
    expect(await nameOf(contact)).toBe(before?.name);
  },
);

test("every phone is in E.164, as libphonenumber reads it in the organisation's country", async () => {
  const rows = await database.sql<{ id: string; phone: string }[]>`select id, phone from public.contacts order by id`;
  const survivors = new Set(survivorsOf(database.originals).values());
  const expected = database.originals.contacts
    .filter(({ id }) => survivors.has(id))
    .map(({ id, org_id, phone }) => [id, numberIn(database.originals, org_id, phone)]);
  expect(Object.fromEntries(rows.map((row) => [row.id, row.phone]))).toEqual(Object.fromEntries(expected));
  expect(rows.filter(({ phone }) => !/^\+[1-9][0-9]{1,14}$/.test(phone))).toEqual([]);
});

test("phone_number of a call is in E.164 where it can be read, and as it was where it cannot", async () => {
  const rows = await database.sql<{ id: string; phone_number: string | null }[]>`
    select id, phone_number from public.calls order by id`;
  const expected = database.originals.calls.map(({ id, org_id, phone_number }) => [
    id,
    numberIn(database.originals, org_id, phone_number) ?? phone_number,
  ]);
  expect(Object.fromEntries(rows.map((row) => [row.id, row.phone_number]))).toEqual(Object.fromEntries(expected));
});

test("a name that is the contact's phone follows when the phone changes", async () => {
  const id = dirtyContactId(103);
  const names = await undone(database.sql, async (tx) => {
    await tx`update public.contacts set phone = '+14155559999' where id = ${id}`;
    return tx`select name, phone from public.contacts where id = ${id}`;
  });
  expect(names).toEqual([{ name: "+14155559999", phone: "+14155559999" }]);
});

test("a real name stays when the phone changes, and one given together with the phone counts", async () => {
  const names = await undone(database.sql, async (tx) => {
    await tx`update public.contacts set phone = '+14155559998' where id = ${dirtyContactId(120)}`;
    await tx`update public.contacts set phone = '+14155559997', name = 'Now Known' where id = ${dirtyContactId(103)}`;
    return tx`
      select name from public.contacts where id in (${dirtyContactId(103)}, ${dirtyContactId(120)}) order by id`;
  });
  expect(names).toEqual([{ name: "Now Known" }, { name: 'Robert "Bob" O\'Neill' }]);
});

test("a phone may not leave E.164", async () => {
  const change = outcomeOf(
    database.sql,
    (tx) => tx`update public.contacts set phone = '(415) 555-0120' where id = ${dirtyContactId(120)}`,
  );
  expect(await change).toBe("contacts_phone_must_be_e164");
});
