import { afterEach, beforeEach, expect, test } from "vitest";
import { dirtyContactId, dirtyOrganizationId, loadDirtyCase } from "../../fixtures/dirty-case.ts";
import type { Io } from "../../src/cli/io.ts";
import { printError } from "../../src/cli/print-error.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { rollback } from "../../src/core/rollback.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { evidence } from "../report/evidence.ts";
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
  expect(planned.unfixable).toMatchObject({ count: 3, ids: unfixable });
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
  const written: string[] = [];
  const keep = { write: (text: string) => written.push(text), columns: 100, isTTY: false };
  await printError(error, { stdout: keep, stderr: keep, env: {} } as unknown as Io, {
    json: true,
    color: false,
    evidence,
  });
  const document = JSON.parse(written.at(-1) ?? "");
  expect(document.error.contacts).toHaveLength(30);
  expect(document.error.contacts[0]).toEqual({ id: expect.any(String), reason: expect.any(String) });
});

test("each contact has its reason, which holds nothing of the number", async () => {
  const { sql, url } = database;
  await sql`delete from public.contacts where id = any (${unfixable})`;
  await sql`alter table public.contacts drop constraint contacts_org_id_fkey`;
  await sql`insert into public.contacts (org_id, name, phone) values (gen_random_uuid(), 'Ghost', '(212) 555-7777')`;
  const numbers = ["555", "020 7946 0958 0958 0958", "anonymous", "call 555-0199", "555-0142"];
  for (const number of numbers) {
    await sql`insert into public.contacts (org_id, name, phone) values (${dirtyOrganizationId(1)}, 'Somebody', ${number})`;
  }
  const error = await refusalOf(database, () => migrate(migrateOptions(url)));
  const reasons = (error.contacts ?? []).map(({ reason }) => reason);
  expect(reasons.toSorted()).toEqual([
    "its organisation has no row, and so no country",
    "not a number",
    "too long",
    "too short",
    "too short, or an extension",
    "withheld",
  ]);
  // An id may hold any digits.
  const told = error.message.replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, "");
  for (const number of numbers) expect(told).not.toContain(number.replace("anonymous", "anonymous "));
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
