import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { dirtyCallId, dirtyContactId, dirtyOrganizationId } from "../../fixtures/dirty-case.ts";
import { rollback } from "../../src/core/rollback.ts";
import type { TestDatabase } from "../support/database.ts";
import { rollbackOptions } from "../support/run-options.ts";
import { type Clones, cloneable } from "./clones.ts";
import { migrateDirtyCase } from "./migrated-case.ts";

let clones: Clones;
let database: TestDatabase;

beforeAll(async () => {
  clones = await cloneable(await migrateDirtyCase());
});

afterAll(() => clones.drop());

beforeEach(async () => {
  database = await clones.clone();
});

afterEach(() => database.drop());

const rollBackAll = () => rollback(rollbackOptions(database.url));

/** All counts of kept rows that the report has. */
async function keptBy(work: Promise<Awaited<ReturnType<typeof rollBackAll>>>): Promise<Record<string, number>> {
  return Object.assign({}, ...(await work).rolledBack.map(({ kept }) => kept));
}

async function unrestored() {
  return database.sql`
    select relation, row_key ->> 'id' as id, column_name as column, original from ssot.unrestored
    order by relation, row_key ->> 'id', column_name`;
}

async function objectsOfTheTool(): Promise<readonly string[]> {
  const rows = await database.sql<{ name: string }[]>`
    select c.relname as name from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = 'ssot' and c.relkind in ('r', 'v') union all
    select p.proname from pg_catalog.pg_proc as p join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    where n.nspname = 'ssot' order by 1`;
  return rows.map(({ name }) => name);
}

async function contact(n: number) {
  const [row] = await database.sql`
    select name, phone, email from public.contacts where id = ${dirtyContactId(n)}`;
  return row;
}

test("where nothing was changed since, nothing is kept and schema ssot is gone", async () => {
  expect(await keptBy(rollBackAll())).toEqual({});
  expect(await database.sql`select 1 from pg_catalog.pg_namespace where nspname = 'ssot'`).toEqual([]);
});

test("values that somebody changed since are kept and counted, their originals stored, and only that table survives", async () => {
  const { sql } = database;
  await sql`update public.contacts set name = 'Corrected' where id = ${dirtyContactId(103)}`;
  await sql`update public.contacts set phone = '+14155550999' where id = ${dirtyContactId(201)}`;
  await sql`update public.calls set contact_id = ${dirtyContactId(120)} where id = ${dirtyCallId(1040)}`;
  await sql`update public.calls set phone_number = '+14155550998' where id = ${dirtyCallId(1041)}`;
  expect(await keptBy(rollBackAll())).toMatchObject({ namesReplaced: 1, phonesNormalised: 2, callsLinked: 1 });
  expect(await contact(103)).toMatchObject({ name: "Corrected" });
  expect(await contact(201)).toMatchObject({ phone: "+14155550999" });
  const [call] = await sql`select contact_id from public.calls where id = ${dirtyCallId(1040)}`;
  expect(call).toEqual({ contact_id: dirtyContactId(120) });
  expect(await unrestored()).toEqual([
    { relation: "public.calls", id: dirtyCallId(1040), column: "contact_id", original: null },
    { relation: "public.calls", id: dirtyCallId(1041), column: "phone_number", original: "555-123-4568" },
    { relation: "public.contacts", id: dirtyContactId(103), column: "name", original: "   " },
    { relation: "public.contacts", id: dirtyContactId(201), column: "phone", original: "(555) 123-4567" },
  ]);
  expect(await objectsOfTheTool()).toEqual(["unrestored"]);
});

test("rows that were deleted since are not brought back, and nothing is noted of them", async () => {
  const { sql } = database;
  await sql`delete from public.calls where id in (${dirtyCallId(1040)}, ${dirtyCallId(1041)})`;
  await sql`delete from public.contacts where id = ${dirtyContactId(103)}`;
  await sql`delete from public.messages`;
  expect(await keptBy(rollBackAll())).toEqual({});
  expect(await contact(103)).toBeUndefined();
  expect(await sql`select id from public.messages`).toEqual([]);
  expect(await sql`select 1 from pg_catalog.pg_namespace where nspname = 'ssot'`).toEqual([]);
});

test("a merged contact whose email was taken meanwhile stays away, whole, with the references that it had", async () => {
  const { sql } = database;
  await sql`update public.contacts set email = null where id = ${dirtyContactId(401)}`;
  await sql`
    insert into public.contacts (org_id, name, phone, email)
    values (${dirtyOrganizationId(1)}, 'Quick One', '+14155550777', 'irene@example.com')`;
  const kept = await keptBy(rollBackAll());
  expect(kept.contactsMerged).toBeGreaterThanOrEqual(1);
  expect(await contact(402)).toBeUndefined();
  expect(await contact(401)).toMatchObject({ name: "Irene Keep", phone: "(303) 555-0101", email: null });
  const images = await sql`
    select image ->> 'email' as email, image ->> 'name' as name from ssot.unrestored where image is not null`;
  expect(images).toEqual([{ email: "irene@example.com", name: "Irene Twice" }]);
  const references = await sql<{ relation: string }[]>`
    select relation, original from ssot.unrestored where original = ${dirtyContactId(402)} order by relation`;
  expect([...new Set(references.map(({ relation }) => relation))]).toEqual([
    "public.appointments",
    "public.calls",
    "public.contact_events",
    "public.contact_imports",
    "public.contact_notes",
    "public.contact_tags",
    "public.contacts",
    "public.follow_ups",
    "public.messages",
  ]);
  const [lost] = await sql`select count(*)::integer as n from public.messages where contact_id is null`;
  expect(lost).toEqual({ n: 0 });
  expect(await objectsOfTheTool()).toEqual(["unrestored"]);
});

test("the email that a survivor got is taken back from it, and the duplicate has its own again", async () => {
  await rollBackAll();
  expect(await contact(401)).toEqual({ name: "Irene Keep", phone: "(303) 555-0101", email: null });
  expect(await contact(402)).toEqual({ name: "Irene Twice", phone: "+13035550101", email: "irene@example.com" });
});

test("a source that somebody wrote is stored before its column goes", async () => {
  await database.sql`update public.contacts set source = 'inbound-call-auto' where id = ${dirtyContactId(120)}`;
  expect(await keptBy(rollBackAll())).toEqual({ contactSources: 1 });
  expect(await unrestored()).toEqual([
    { relation: "public.contacts", id: dirtyContactId(120), column: "source", original: "inbound-call-auto" },
  ]);
});
