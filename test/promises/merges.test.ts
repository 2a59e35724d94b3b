import { afterAll, beforeAll, expect, test } from "vitest";
import { dirtyContactId, loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { readOriginals, survivorsOf } from "../properties/model.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";

const tables = [
  ["appointments", "contact_id"],
  ["calls", "contact_id"],
  ["contact_events", "contact_id"],
  ["contact_imports", "contact_id"],
  ["contact_notes", "contact_id"],
  ["contact_tags", "contact_id"],
  ["follow_ups", "contact_id"],
  ["messages", "contact_id"],
] as const;

type Counts = Readonly<Record<string, Readonly<Record<string, number>>>>;

let database: TestDatabase;
let survivors: ReadonlyMap<string, string>;
let before: Counts;
let referrals: ReadonlyMap<string, string>;
let keptCreation: unknown;
/** The calls that had a contact before. */
let linked: readonly string[];

/** How many rows of each table reference each contact, calls only where they are linked already. */
async function countReferences(only: readonly string[] | null): Promise<Counts> {
  const counts: Record<string, Record<string, number>> = {};
  for (const [table, column] of tables) {
    const rows = await database.sql<{ contact: string; n: number }[]>`
      select ${database.sql(column)} as contact, count(*)::integer as n from ${database.sql(`public.${table}`)}
      where ${database.sql(column)} is not null
        and (${table !== "calls" || only === null} or to_jsonb(${database.sql(table)}) ->> 'id' = any (${only ?? []}::text[]))
      group by 1 order by 1`;
    counts[table] = Object.fromEntries(rows.map(({ contact, n }) => [contact, n]));
  }
  return counts;
}

beforeAll(async () => {
  database = await createTestDatabase();
  await loadDirtyCase(database.sql);
  const originals = await readOriginals(database.sql);
  survivors = survivorsOf(originals);
  before = await countReferences(null);
  const referred = await database.sql<{ id: string; referred_by: string }[]>`
    select id, referred_by from public.contacts where referred_by is not null order by id`;
  referrals = new Map(referred.map((row) => [row.id, row.referred_by]));
  keptCreation = await database.sql`
    select id, created_at, updated_at from public.contacts where id = any (${[...new Set(survivors.values())]}::uuid[]) order by id`;
  linked = originals.calls.filter(({ contact_id }) => contact_id !== null).map(({ id }) => id);
  await migrate(migrateOptions(database.url));
});

afterAll(() => database.drop());

async function contact(n: number) {
  const [row] = await database.sql`select * from public.contacts where id = ${dirtyContactId(n)}`;
  return row;
}

test("only survivors are left: one contact a number and organisation", async () => {
  const rows = await database.sql<{ id: string }[]>`select id from public.contacts order by id`;
  expect(rows.map(({ id }) => id)).toEqual([...new Set(survivors.values())].toSorted());
  expect(
    await database.sql`select org_id, phone from public.contacts group by org_id, phone having count(*) > 1`,
  ).toEqual([]);
});

test("every reference of every kind is kept, at the survivor", async () => {
  const expected = Object.fromEntries(
    Object.entries(before).map(([table, counts]) => {
      const moved: Record<string, number> = {};
      for (const [id, n] of Object.entries(counts)) {
        const survivor = survivors.get(id) ?? id;
        moved[survivor] = (moved[survivor] ?? 0) + n;
      }
      return [table, moved];
    }),
  );
  expect(await countReferences(linked)).toEqual(expected);
});

test("a referral points to the survivor of its referrer, and never to the contact itself", async () => {
  const rows = await database.sql<{ id: string; referred_by: string }[]>`
    select id, referred_by from public.contacts where referred_by is not null order by id`;
  const now = new Map(rows.map((row) => [row.id, row.referred_by]));
  for (const [id, referrer] of referrals) {
    const expected = survivors.get(referrer);
    if (survivors.get(id) === id) expect(now.get(id)).toBe(expected === id ? undefined : expected);
  }
});

test("the survivor of 401 and 402 gets what it lacked: email and details of the newer one", async () => {
  expect(await contact(401)).toMatchObject({
    name: "Irene Keep",
    phone: "+13035550101",
    email: "irene@example.com",
    lead_status: "hot",
    lead_score: 90,
    booking_source: "web",
    service_interests: ["implants", "root, canal"],
    notes: 'prefers "mornings"',
    metadata: { vip: true },
  });
});

test("of three, the newest fills first, and a real name beats the placeholder", async () => {
  expect(await contact(403)).toMatchObject({
    name: "Margo Duval",
    email: "margo@example.com",
    lead_status: "cold",
    lead_score: 60,
    booking_source: "phone",
    service_interests: [],
    notes: "note of 404",
    metadata: { from: 405 },
  });
});

test("what the survivor has stays: its email, score and note", async () => {
  expect(await contact(406)).toMatchObject({
    name: "Omar Both",
    email: "omar@example.com",
    lead_score: 10,
    notes: "note of 406",
    lead_status: "hot",
    booking_source: "web",
  });
});

test("the survivor is the oldest, and one without a date is the youngest", async () => {
  expect(await contact(415)).toBeUndefined();
  expect(await contact(416)).toMatchObject({ name: "Ruth Older", phone: "+13035550107" });
  expect(await contact(417)).toBeUndefined();
  expect(await contact(418)).toMatchObject({ name: "Sam Dated", phone: "+13035550108" });
});

test("times of creation and change are those that the survivors had", async () => {
  expect(await database.sql`select id, created_at, updated_at from public.contacts order by id`).toEqual(keptCreation);
});

test("the three indexes exist by their names, valid, and the unique one is unique", async () => {
  const rows = await database.sql`
    select c.relname as name, x.indisvalid as valid, x.indisunique as is_unique, pg_get_indexdef(c.oid) as definition
    from pg_catalog.pg_index as x join pg_catalog.pg_class as c on c.oid = x.indexrelid
    where c.relname in ('idx_calls_contact_id', 'idx_contacts_org_phone', 'idx_contacts_org_phone_unique') order by 1`;
  expect(rows).toMatchObject([
    {
      name: "idx_calls_contact_id",
      valid: true,
      is_unique: false,
      definition: expect.stringMatching(/\(contact_id\)$/),
    },
    {
      name: "idx_contacts_org_phone",
      valid: true,
      is_unique: false,
      definition: expect.stringContaining("(org_id, phone)"),
    },
    {
      name: "idx_contacts_org_phone_unique",
      valid: true,
      is_unique: true,
      definition: expect.stringMatching(/\(org_id, phone\)$/),
    },
  ]);
});

test("contacts have a column source, empty", async () => {
  expect(await database.sql`select distinct source from public.contacts`).toEqual([{ source: null }]);
});
