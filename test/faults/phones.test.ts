import { afterEach, beforeEach, expect, test } from "vitest";
import { dirtyContactId, dirtyOrganizationId, loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { rollback } from "../../src/core/rollback.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { refusalOf } from "./refusal.ts";

const unfixable = [801, 802, 803].map(dirtyContactId);

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadDirtyCase(database.sql, { unfixable: true });
});

afterEach(() => database.drop());

test("contacts whose number cannot be read stop the run before anything is changed, each by its id", async () => {
  const planned = await plan(migrateOptions(database.url));
  expect(planned.unfixable).toEqual({ count: 3, ids: unfixable });
  const error = await refusalOf(database, () => migrate(migrateOptions(database.url)));
  expect(error.code).toBe("UNFIXABLE_PHONE");
  expect(exitCodeOf(error)).toBe(4);
  expect(error.message).toContain("3 contacts");
  for (const id of unfixable) expect(error.message).toContain(id);
  expect(error.message).not.toContain("call me maybe");
  expect(error.hint).toContain("--on-unfixable-phone quarantine");
});

test("of many such contacts twenty are listed, and how many more there are", async () => {
  const { sql, url } = database;
  await sql`
    insert into public.contacts (org_id, name, phone)
    select ${dirtyOrganizationId(1)}, 'Nobody ' || n, 'no number ' || n from generate_series(1, 27) as n`;
  const error = await refusalOf(database, () => migrate(migrateOptions(url)));
  expect(error.message).toContain("30 contacts");
  expect(error.message).toContain("and 10 more");
  expect(error.message.match(/[0-9a-f]{8}-[0-9a-f-]{27}/g)).toHaveLength(20);
});

test("a contact that appointments need is never set aside: the table is named and nothing is changed", async () => {
  const error = await refusalOf(database, () =>
    migrate(migrateOptions(database.url, { onUnfixablePhone: "quarantine" })),
  );
  expect(error.code).toBe("UNFIXABLE_PHONE");
  expect(error.message).toContain("public.appointments");
  expect(error.message).toContain(dirtyContactId(802));
});

test("contacts set aside lose their references, and a rollback brings both back", async () => {
  const { sql, url } = database;
  await sql`delete from public.appointments where contact_id = ${dirtyContactId(802)}`;
  await sql`update public.contacts set referred_by = ${dirtyContactId(801)} where id = any (${[dirtyContactId(803), dirtyContactId(120)]})`;
  const before = await snapshotDatabase(sql);
  const planned = await plan(migrateOptions(url, { onUnfixablePhone: "quarantine" }));
  const report = await migrate(migrateOptions(url, { onUnfixablePhone: "quarantine" }));
  expect(report.applied.map(({ effects }) => effects)).toEqual(planned.pending.map(({ effects }) => effects));
  expect(report.applied[1]?.effects.contactsQuarantined).toBe(3);
  expect(await sql`select id from public.contacts where id = any (${unfixable})`).toHaveLength(0);
  expect(await sql`select id from ssot.contact_quarantine order by id`).toEqual(unfixable.map((id) => ({ id })));
  expect(await sql`select contact_id from public.messages where body = 'hello'`).toEqual([{ contact_id: null }]);
  expect(await sql`select referred_by from public.contacts where id = ${dirtyContactId(120)}`).toEqual([
    { referred_by: null },
  ]);
  await rollback(rollbackOptions(url));
  expect(await snapshotDatabase(sql)).toBe(before);
});
