import { afterEach, beforeEach, expect, test } from "vitest";
import { dirtyCallId, dirtyContactId, dirtyOrganizationId, loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { rollback } from "../../src/core/rollback.ts";
import { callSsot } from "../cli/call-ssot.ts";
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

/** The calls without a contact, counted past the code under test. */
async function countWaiting(): Promise<number> {
  const [row] = await database.sql<{ n: number }[]>`
    select count(*)::integer as n from public.calls where contact_id is null`;
  return row?.n ?? -1;
}

const sum = (counts: object): number => Object.values(counts).reduce<number>((total, n) => total + Number(n), 0);

test.each(["phase 1", "the drop"])(
  "after %s a dry run tells the calls that would be linked, and why others stay",
  async (far) => {
    const { sql, url } = database;
    await loadDirtyCase(sql);
    await migrate(migrateOptions(url));
    if (far === "the drop") {
      await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
      await migrate(migrateOptions(url, { phase3: true }));
    }
    const { unlinked: before } = await plan(migrateOptions(url));
    expect(sum(before)).toBe(await countWaiting());
    await arrive(3001, "(415) 555-0120");
    await arrive(3002, "+14155550121", "outbound");
    await arrive(3003, "+16505550000");
    await arrive(3004, "(650) 555-0001");
    await arrive(3005, " ");
    await arrive(3006, "Anonymous");
    await arrive(3007, "extension 12");
    const snapshot = await snapshotDatabase(sql);
    const planned = await plan(migrateOptions(url));
    expect(await snapshotDatabase(sql)).toBe(snapshot);
    expect(planned).toMatchObject({ pending: [], effects: { callsLinked: 2 } });
    const { noContact = 0, noNumber = 0, withheldNumber = 0, unreadableNumber = 0 } = before;
    expect(planned.unlinked).toEqual({
      ...before,
      noContact: noContact + 2,
      noNumber: noNumber + 1,
      withheldNumber: withheldNumber + 1,
      unreadableNumber: unreadableNumber + 1,
    });
    expect(await migrate(migrateOptions(url))).toMatchObject({ caughtUp: 2, effects: planned.effects });
    expect(sum(planned.unlinked)).toBe(await countWaiting());
  },
);

test("a dry run of the first migration tells why calls stay unlinked: as many as do", async () => {
  const { sql, url } = database;
  await loadDirtyCase(sql);
  const { pending, unlinked, effects } = await plan(migrateOptions(url));
  expect(effects).toBeUndefined();
  expect(sum(unlinked)).toBe(pending[0]?.effects.callsUnlinked);
  await migrate(migrateOptions(url));
  expect(sum(unlinked)).toBe(await countWaiting());
});

test("a trigger that late links would fire is told by the dry run as it stops the run", async () => {
  const { sql, url } = database;
  await loadDirtyCase(sql);
  await migrate(migrateOptions(url));
  await arrive(3001, "(415) 555-0120");
  await sql.unsafe(`
    create function public.tell() returns trigger language plpgsql as 'begin return null; end';
    create trigger tell after update on public.calls for each row execute function public.tell()`);
  await expect(migrate(migrateOptions(url))).rejects.toMatchObject({ code: "FOREIGN_TRIGGER" });
  const { stdout } = await callSsot(["migrate", "--dry-run", "--database-url", url], { columns: 80 });
  const text = stdout.replaceAll(/\s+/g, " ");
  expect(text).toContain("trigger public.calls.tell (AFTER UPDATE) would fire");
  expect(text).toContain("Nothing but the drop is open, and it is held. 1 call that came since would be linked.");
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
