import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { dirtyCallId, dirtyContactId, dirtyOrganizationId, loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { finalize } from "../../src/core/finalize.ts";
import { migrate } from "../../src/core/migrate.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";
import { type Clones, cloneable } from "./clones.ts";
import { expectForetold, sumOf } from "./foretold.ts";

let clones: Clones;
let dropped: Clones;
let database: TestDatabase;

beforeAll(async () => {
  const source = await createTestDatabase();
  await loadDirtyCase(source.sql, { unfixable: true });
  await source.sql`delete from public.appointments where contact_id in (select id from public.contacts where phone = 'ext 12')`;
  await migrate(migrateOptions(source.url, { onUnfixablePhone: "quarantine" }));
  clones = await cloneable(source);
  const copy = await clones.clone();
  await copy.sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  await migrate(migrateOptions(copy.url, { phase3: true }));
  dropped = await cloneable(copy);
});

afterAll(async () => {
  await clones.drop();
  await dropped.drop();
});

beforeEach(async () => {
  database = await clones.clone();
});

afterEach(() => database.drop());

test("a dry run tells all that a complete rollback puts back, by column, and that nothing is kept or gone", async () => {
  const { plan } = await expectForetold(database);
  const pending = plan.pending ?? [];
  const restored = sumOf(pending, "restored");
  for (const kind of ["callsLinked", "phonesNormalised", "namesReplaced", "contactsMerged", "contactsQuarantined"]) {
    expect([kind, restored[kind]]).toEqual([kind, expect.any(Number)]);
  }
  expect([sumOf(pending, "kept"), sumOf(pending, "unrestorable")]).toEqual([{}, {}]);
  const columns = pending.flatMap((migration) => migration.columns);
  expect(columns.map(({ column, kind }) => `${column} ${kind}`)).toEqual(
    expect.arrayContaining([
      "calls.contact_id callsLinked",
      "calls.phone_number phonesNormalised",
      "contacts.phone phonesNormalised",
      "contacts.name namesReplaced",
      "contacts contactsMerged",
      "messages.contact_id references",
    ]),
  );
  expect(columns.every(({ unrestorable }) => (unrestorable ?? 0) === 0)).toBe(true);
});

test("what somebody changed since is told as kept, and what goes with the migrations as lost", async () => {
  const { sql, url } = database;
  await sql`update public.contacts set name = 'Corrected' where id = ${dirtyContactId(103)}`;
  await sql`update public.contacts set phone = '+14155550999' where id = ${dirtyContactId(201)}`;
  await sql`update public.calls set contact_id = ${dirtyContactId(120)} where id = ${dirtyCallId(1040)}`;
  await sql`update public.calls set phone_number = '+14155550998' where id = ${dirtyCallId(1041)}`;
  await sql`update public.contacts set source = 'inbound-call-auto' where id = ${dirtyContactId(120)}`;
  await sql`update public.calls set caller_name = 'Told' where id = ${dirtyCallId(1040)}`;
  await sql`
    insert into public.calls (org_id, vapi_call_id, call_direction, phone_number, created_at)
    select org_id, 'late', 'inbound', phone, now() + interval '1 minute' from public.contacts where id = ${dirtyContactId(120)}`;
  expect((await migrate(migrateOptions(url))).caughtUp).toBe(1);
  const { plan } = await expectForetold(database);
  const pending = plan.pending ?? [];
  expect(sumOf(pending, "kept")).toMatchObject({
    namesReplaced: 1,
    phonesNormalised: 2,
    callsLinked: 1,
    contactSources: 1,
  });
  expect(sumOf(pending, "lost")).toMatchObject({
    auditRows: 1,
    lastWrites: 1,
    startDates: 2,
    linksOfLaterCalls: 1,
    views: 1,
    indexes: expect.any(Number),
  });
});

test("what was erased with deleted rows is told as not restorable, column by column", async () => {
  const { sql } = database;
  const [call] = await sql<{ id: string }[]>`
    select j.id from ssot.journal as j where j.task = 'calls.phone_number' order by j.id limit 1`;
  await sql`delete from public.calls where id = ${call?.id ?? ""}`;
  await sql`delete from public.messages`;
  await sql`delete from public.contacts where id = ${dirtyContactId(103)}`;
  const { plan, report } = await expectForetold(database);
  const unrestorable = sumOf(plan.pending ?? [], "unrestorable");
  expect(unrestorable).toMatchObject({ phonesNormalised: expect.any(Number), namesReplaced: 1 });
  const { valuesArchived: _, ...gone } = sumOf(report.rolledBack, "unrestorable");
  expect(Object.assign({}, ...report.rolledBack.map((migration) => migration.gone ?? {}))).toEqual(gone);
  const columns = (plan.pending ?? []).flatMap((migration) => migration.columns);
  const byColumn = columns.filter(({ kind }) => kind === "phonesNormalised");
  expect(byColumn.reduce((sum, column) => sum + (column.unrestorable ?? 0), 0)).toBe(unrestorable.phonesNormalised);
  expect(byColumn.find(({ column }) => column === "calls.phone_number")?.unrestorable).toBe(1);
});

test("a merged contact whose e-mail address was taken is told as kept, with the references that it had", async () => {
  const { sql } = database;
  await sql`update public.contacts set email = 'other@example.com' where id = ${dirtyContactId(401)}`;
  await sql`
    insert into public.contacts (org_id, name, phone, email)
    values (${dirtyOrganizationId(1)}, 'Quick One', '+14155550777', 'irene@example.com')`;
  const { plan } = await expectForetold(database);
  const kept = sumOf(plan.pending ?? [], "kept");
  expect(kept).toMatchObject({ contactsMerged: 1, contactValues: 1 });
  expect(kept.references).toBeGreaterThan(5);
  const [taken] = await sql`
    select original, reason from ssot.unrestored
    where relation = 'public.contacts' and column_name = 'email' and row_key ->> 'id' = ${dirtyContactId(401)}`;
  expect(taken).toEqual({ original: null, reason: "changed since" });
});

test("a contact that referred a merged one and is gone since keeps it away", async () => {
  const { sql } = database;
  await sql`alter table public.contacts add column account uuid not null default gen_random_uuid()`;
  await sql`alter table public.contacts alter column account drop default`;
  const { plan } = await expectForetold(database);
  const pending = plan.pending ?? [];
  const restored = sumOf(pending, "restored");
  expect([restored.contactsMerged, restored.contactsQuarantined]).toEqual([undefined, undefined]);
  expect(sumOf(pending, "kept").contactsMerged).toBeGreaterThan(1);
});

test("after the drop the values that it keeps are told, those of deleted calls as gone, and the numbers that it filled in", async () => {
  const copy = await dropped.clone();
  try {
    const { sql } = copy;
    await sql`update public.calls set phone_number = '+14155550123' where id in (
      select call_id from ssot.dropped_call_columns where filled is not null order by call_id limit 1)`;
    const [gone] = await sql<{ id: string; n: number }[]>`
      select call_id as id, num_nonnulls(caller_name, from_number) as n from ssot.dropped_call_columns
      where caller_name is not null and filled is null order by call_id limit 1`;
    await sql`delete from public.calls where id = ${gone?.id ?? ""}`;
    const { plan } = await expectForetold(copy, { all: false });
    const [drop] = plan.pending ?? [];
    expect(drop).toMatchObject({ kept: { numbersFilled: 1 }, unrestorable: { valuesArchived: gone?.n } });
    const values = drop?.columns.filter(({ kind }) => kind === "valuesArchived") ?? [];
    expect(values.reduce((sum, { unrestorable }) => sum + (unrestorable ?? 0), 0)).toBe(gone?.n);
  } finally {
    await copy.drop();
  }
});

test("after the drop a complete rollback is told as well", async () => {
  const copy = await dropped.clone();
  try {
    await copy.sql`update public.calls set contact_id = null where id = ${dirtyCallId(1040)}`;
    const { plan } = await expectForetold(copy);
    expect(plan.pending?.map(({ name }) => name.slice(0, 14))).toEqual([
      "20260309000000",
      "20260209000400",
      "20260209000300",
      "20260209000200",
      "20260209000100",
    ]);
    expect(sumOf(plan.pending ?? [], "restored").valuesArchived).toBeGreaterThan(5);
  } finally {
    await copy.drop();
  }
});

test("after finalize nothing can be put back, and all that was changed is told as not restorable", async () => {
  for (const source of [clones, dropped]) {
    const copy = await source.clone();
    try {
      const { sql, url } = copy;
      const changed = await sql<{ what: string; n: number }[]>`
        select what, n::integer from ssot.tally
        where direction = 'migrate' and what ~ '^[a-zA-Z]+$' and what not in ('callsUnlinked', 'namesRescued') order by what collate "C"`;
      await finalize(migrateOptions(url));
      const { plan } = await expectForetold(copy, { schemaOnly: true });
      const pending = plan.pending ?? [];
      expect(sumOf(pending, "restored")).toEqual({});
      const unrestorable = sumOf(pending, "unrestorable");
      expect(Object.entries(unrestorable).toSorted()).toEqual(changed.map(({ what, n }) => [what, n]));
      expect(Object.keys(unrestorable).includes("valuesArchived")).toBe(source === dropped);
    } finally {
      await copy.drop();
    }
  }
});

test("a name that was replaced twice comes back as it was at first, and counts twice", async () => {
  const { sql } = database;
  const [contact] = await sql<{ id: string; old: string | null }[]>`
    select k.id, j.old from ssot.journal as j join public.contacts as k on k.id = j.id
    where j.task = 'contacts.name' and k.name = k.phone order by k.id limit 1`;
  const id = contact?.id ?? "";
  await sql`
    insert into public.calls (org_id, vapi_call_id, call_direction, phone_number, caller_name, contact_id)
    select org_id, 'named late', 'inbound', phone, 'Named Late', id from public.contacts where id = ${id}`;
  await sql`call ssot.replace_placeholder_names('20260209000200_validate_contact_names', true)`;
  const twice = await sql`select new from ssot.journal where task = 'contacts.name' and id = ${id} order by seq`;
  expect(twice).toHaveLength(2);
  await expectForetold(database);
  expect(await sql`select name from public.contacts where id = ${id}`).toEqual([{ name: contact?.old }]);
});
