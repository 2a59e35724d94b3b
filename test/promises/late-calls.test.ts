import { afterEach, beforeEach, expect, test } from "vitest";
import { dirtyCallId, dirtyContactId, dirtyOrganizationId, loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.drop());

/** A call that arrives after the migration. */
async function arrive(n: number, number: string, direction = "inbound"): Promise<void> {
  await database.sql`
    insert into public.calls (id, org_id, vapi_call_id, call_direction, phone_number)
    values (${dirtyCallId(n)}, ${dirtyOrganizationId(1)}, ${`late-${n}`}, ${direction}, ${number})`;
}

async function contactOf(call: number): Promise<string | null | undefined> {
  const [row] = await database.sql<{ contact_id: string | null }[]>`
    select contact_id from public.calls where id = ${dirtyCallId(call)}`;
  return row?.contact_id;
}

test("migrate with nothing pending links the calls that arrived since, once, and a rollback unlinks them", async () => {
  const { sql, url } = database;
  await loadDirtyCase(sql);
  await migrate(migrateOptions(url));
  await arrive(3001, "(415) 555-0120");
  await arrive(3002, "+14155550121", "outbound");
  await arrive(3003, "+16505550000");
  expect(await migrate(migrateOptions(url))).toMatchObject({ applied: [], caughtUp: 2 });
  expect(await contactOf(3001)).toBe(dirtyContactId(120));
  expect(await contactOf(3002)).toBe(dirtyContactId(121));
  expect(await contactOf(3003)).toBeNull();
  expect(await migrate(migrateOptions(url))).toMatchObject({ caughtUp: 0 });
  await rollback(rollbackOptions(url));
  expect([await contactOf(3001), await contactOf(3002)]).toEqual([null, null]);
});

test("a contact whose number nobody can read stops the run before anything, listed by its id", async () => {
  const { sql, url } = database;
  await loadDirtyCase(sql, { unfixable: true });
  const before = await snapshotDatabase(sql);
  await expect(migrate(migrateOptions(url))).rejects.toMatchObject({
    code: "UNFIXABLE_PHONE",
    message: expect.stringMatching(new RegExp(`${dirtyContactId(801)}.*${dirtyContactId(803)}`)),
  });
  expect(await snapshotDatabase(sql)).toBe(before);
});

test("it is never set aside while an appointment needs it: the run stops with the table's name", async () => {
  const { sql, url } = database;
  await loadDirtyCase(sql, { unfixable: true });
  const before = await snapshotDatabase(sql);
  await expect(migrate(migrateOptions(url, { onUnfixablePhone: "quarantine" }))).rejects.toMatchObject({
    code: "UNFIXABLE_PHONE",
    message: expect.stringMatching(/appointments/),
  });
  expect(await snapshotDatabase(sql)).toBe(before);
});

test("set aside on request, it leaves its references empty, and a rollback brings it back with all of them", async () => {
  const { sql, url } = database;
  await loadDirtyCase(sql, { unfixable: true });
  await sql`delete from public.appointments where contact_id = ${dirtyContactId(802)}`;
  await sql`update public.calls set contact_id = ${dirtyContactId(803)} where id = ${dirtyCallId(1072)}`;
  const before = await snapshotDatabase(sql);
  const report = await migrate(migrateOptions(url, { onUnfixablePhone: "quarantine" }));
  expect(report.applied[1]?.effects).toMatchObject({ contactsQuarantined: 3 });
  const ids = [801, 802, 803].map(dirtyContactId);
  expect(await sql`select id from public.contacts where id = any (${ids}::uuid[])`).toEqual([]);
  const kept = await sql<{ id: string }[]>`select id from ssot.contact_quarantine order by id`;
  expect(kept.map(({ id }) => id)).toEqual(ids);
  expect(await contactOf(1072)).toBeNull();
  const [message] = await sql`select contact_id from public.messages where body = 'hello'`;
  expect(message).toEqual({ contact_id: null });
  await rollback(rollbackOptions(url));
  expect(await snapshotDatabase(sql)).toBe(before);
});
