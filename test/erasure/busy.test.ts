import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { dirtyOrganizationId, loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import { openSession } from "../promises/migrated-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { countRows, tablesThatTell } from "./kept-values.ts";
import { loadPerson, person } from "./person-case.ts";

let clones: Clones;
let database: TestDatabase;

beforeAll(async () => {
  const source = await createTestDatabase();
  await loadDirtyCase(source.sql, { unfixable: true });
  await source.sql`delete from public.appointments where contact_id in (select id from public.contacts where phone = 'ext 12')`;
  await loadPerson(source.sql);
  await migrate(migrateOptions(source.url, { onUnfixablePhone: "quarantine" }));
  clones = await cloneable(source);
});

afterAll(() => clones.drop());

beforeEach(async () => {
  database = await clones.clone();
});

afterEach(() => database.drop());

/** Works while another session holds every row of the journals. */
async function whileHeld(work: () => Promise<void>): Promise<void> {
  const holder = await database.sql.reserve();
  await holder`begin`;
  await holder`lock table ssot.journal, ssot.phone_map in share mode`;
  try {
    await work();
  } finally {
    await holder`rollback`;
    holder.release();
  }
}

test("a delete does not wait for a held journal: it goes through with one warning, and the next delete erases", async () => {
  const { sql, url } = database;
  const session = openSession(url);
  try {
    await whileHeld(async () => {
      await session.sql.begin(async (tx) => {
        for (const id of person.calls) await tx`delete from public.calls where id = ${id}`;
      });
    });
    expect(session.warnings.filter((text) => text.includes("removed later"))).toHaveLength(1);
    expect(await countRows(sql, "ssot.erasure_due")).toBe(3);
    expect(await tablesThatTell(sql, person.calls)).toContain("ssot.journal_of_links");
    await session.sql`delete from public.calls where vapi_call_id = 'none'`;
    expect(await tablesThatTell(sql, person.calls)).toEqual([]);
  } finally {
    await session.sql.end();
  }
});

test("what is still due is erased by the next run of ssot before it restores anything", async () => {
  const { sql, url } = database;
  await sql`delete from public.messages`;
  await whileHeld(async () => {
    await sql`delete from public.contacts where id = ${person.contact}`;
  });
  expect(await tablesThatTell(sql, ["Wilhelmina"])).toContain("ssot.journal_of_merges");
  await rollback(rollbackOptions(url));
  expect(await sql`select id from public.contacts where id = ${person.duplicate}`).toEqual([]);
  expect(await tablesThatTell(sql, ["Wilhelmina Quarles", "wilhelmina@example.com"])).toEqual([]);
});

test("where even the note cannot be written the delete is refused, rather than done without erasing", async () => {
  const { sql } = database;
  await sql`drop table ssot.erasure_due`;
  await sql`alter table ssot.phone_map rename to phone_map_lost`;
  await expect(sql`delete from public.calls where id = ${person.calls[0] ?? ""}`).rejects.toMatchObject({
    code: "42P01",
  });
  expect(await countRows(sql, `public.calls where id = '${person.calls[0]}'`)).toBe(1);
});

test("deleting an organisation erases the contacts that were set aside, though they have no row any more", async () => {
  const { sql } = database;
  expect(await tablesThatTell(sql, ["Carly Jepsen", "call me maybe"])).toEqual([
    "ssot.contact_quarantine",
    "ssot.phone_map",
  ]);
  await sql.unsafe(
    "delete from public.follow_ups; delete from public.contact_tags; delete from public.contact_events; delete from public.contact_imports",
  );
  await sql`update public.contacts set referred_by = null`;
  await sql`delete from public.organizations where id = ${dirtyOrganizationId(1)}`;
  expect(await tablesThatTell(sql, ["Carly Jepsen", "call me maybe", ...person.tells])).toEqual([]);
});

test("an organisation that has nothing but a contact that was set aside is erased as well", async () => {
  const { sql } = database;
  const [organization] = await sql<{ id: string }[]>`
    insert into public.organizations (name) values ('Empty') returning id`;
  await sql`update ssot.contact_quarantine set org_id = ${organization?.id ?? ""}`;
  await sql`delete from public.organizations where id = ${organization?.id ?? ""}`;
  expect(await countRows(sql, "ssot.contact_quarantine")).toBe(0);
});
