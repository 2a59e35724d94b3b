import { afterAll, beforeAll, expect, test } from "vitest";
import { dirtyContactId, dirtyOrganizationId } from "../../fixtures/dirty-case.ts";
import { type MigratedCase, migrateDirtyCase, outcomeOf } from "./migrated-case.ts";

let database: MigratedCase;
const phone = "+14155558888";
const rule = "contacts_name_must_be_real";

beforeAll(async () => {
  database = await migrateDirtyCase();
});

afterAll(() => database.drop());

const refused: readonly (string | null)[] = [
  null,
  "",
  " ",
  "   ",
  "\t",
  "\n \t",
  "\u00a0",
  "\u3000",
  "\u200b",
  "x",
  " x ",
  "\tx",
  "unknown",
  "Unknown",
  "UNKNOWN",
  " unknown ",
  "Unknown Caller",
  "UNKNOWN  CALLER",
  "unknowncaller",
  "Unknown\tCaller\n",
  "Unknown\u00a0Caller",
  "--",
  "()",
  "12",
  "+14155558889",
  "4155558888",
  "(415) 555-8888",
  "(+44) 20 7946 0958",
  "415.555.8888",
  "415/555/8888",
  "tel:+1-415-555-8888",
  "+1\u00a0415\u2011555\u20118888",
  " +14155558888",
];

const accepted: readonly string[] = [
  phone,
  "李",
  "Ö",
  "Al",
  "J.",
  "3M",
  "3M 24/7",
  "Unknown Pleasures",
  "The Unknown",
  "Caller",
  "Null",
  "Anonymous",
  "Agent 007",
  "0'Brien",
  "👩‍⚕️",
  "مريم",
  "-x",
  "Two\nLines",
];

const insert = (name: string | null) =>
  outcomeOf(
    database.sql,
    (tx) => tx`insert into public.contacts (org_id, name, phone) values (${dirtyOrganizationId(1)}, ${name}, ${phone})`,
  );

const update = (name: string | null) =>
  outcomeOf(
    database.sql,
    (tx) => tx`update public.contacts set name = ${name}, phone = ${phone} where id = ${dirtyContactId(120)}`,
  );

test.each(refused.map((name) => [name]))("%j is refused as a name, inserted or updated", async (name) => {
  expect([await insert(name), await update(name)]).toEqual([rule, rule]);
});

test.each(accepted.map((name) => [name]))("%j is accepted as a name, inserted and updated", async (name) => {
  expect([await insert(name), await update(name)]).toEqual(["done", "done"]);
});

test("both rules are validated, and call no function of the tool", async () => {
  const rows = await database.sql<{ name: string; valid: boolean; definition: string }[]>`
    select conname as name, convalidated as valid, pg_get_constraintdef(oid) as definition from pg_catalog.pg_constraint
    where conrelid = 'public.contacts'::regclass and conname like 'contacts\\_%\\_must\\_be\\_%' order by conname`;
  expect(rows.map(({ name, valid }) => [name, valid])).toEqual([
    ["contacts_name_must_be_real", true],
    ["contacts_phone_must_be_e164", true],
  ]);
  expect(rows.filter(({ definition }) => definition.includes("ssot"))).toEqual([]);
});

test("the rules stand without schema ssot", async () => {
  const outcome = await outcomeOf(database.sql, async (tx) => {
    await tx`drop schema ssot cascade`;
    await tx`insert into public.contacts (org_id, name, phone) values (${dirtyOrganizationId(1)}, 'unknown', ${phone})`;
  });
  expect(outcome).toBe(rule);
});
