import { afterEach, beforeEach, expect, test } from "vitest";
import { dirtyContactId, dirtyOrganizationId, loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { phase1 } from "../support/phase1.ts";
import { migrateOptions } from "../support/run-options.ts";
import { refusalOf } from "./refusal.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});

afterEach(() => database.drop());

test("duplicates that both have what may be there once only stop the run before anything is changed", async () => {
  const { sql, url } = database;
  await loadDirtyCase(sql, { mergeConflicts: true });
  const tags = await refusalOf(database, () => migrate(migrateOptions(url)));
  expect(tags.code).toBe("MERGE_CONFLICT");
  expect(exitCodeOf(tags)).toBe(4);
  expect(tags.message).toMatch(/public\.(contact_tags|appointments) .*\((contact_id, tag|contact_id, starts_at)\)/);
  await sql`delete from public.contact_tags where contact_id = ${dirtyContactId(812)} and tag = 'vip'`;
  const booked = await refusalOf(database, () => migrate(migrateOptions(url)));
  expect(booked.code).toBe("MERGE_CONFLICT");
  expect(booked.message).toContain("public.appointments");
  await sql`delete from public.appointments where contact_id = ${dirtyContactId(814)}`;
  const report = await migrate(migrateOptions(url));
  expect(report.applied.map(({ name }) => name)).toEqual(phase1);
  expect(await sql`select 1 from public.contacts where id = any (${[812, 814].map(dirtyContactId)})`).toHaveLength(0);
});

test("duplicates that reference the same through a unique key on the contact alone are refused as well", async () => {
  const { sql, url } = database;
  await loadDirtyCase(sql);
  await sql`create table public.portal_logins (contact_id uuid unique references public.contacts (id), login text)`;
  await sql`insert into public.portal_logins values (${dirtyContactId(404)}, 'a'), (${dirtyContactId(405)}, 'b')`;
  const error = await refusalOf(database, () => migrate(migrateOptions(url)));
  expect(error.code).toBe("MERGE_CONFLICT");
  expect(error.message).toContain("public.portal_logins");
});

test("a conflict in a key that calls somebody's function, which no plan asks, stops that step and says which table", async () => {
  const { sql, url } = database;
  await loadDirtyCase(sql);
  await sql`create table public.main_numbers (contact_id uuid references public.contacts (id), main boolean)`;
  await sql`create function public.is_main(boolean) returns boolean immutable language sql as 'select $1'`;
  await sql`create unique index one_main_number on public.main_numbers (contact_id) where public.is_main(main)`;
  await sql`insert into public.main_numbers values (${dirtyContactId(404)}, true), (${dirtyContactId(405)}, true)`;
  const failed = migrate(migrateOptions(url));
  await expect(failed).rejects.toMatchObject({ code: "MERGE_CONFLICT" });
  await expect(failed).rejects.toThrow(/one_main_number of table main_numbers/);
  expect(await sql`select 1 from public.contacts where id = any (${[404, 405].map(dirtyContactId)})`).toHaveLength(2);
  await sql`update public.main_numbers set main = false where contact_id = ${dirtyContactId(405)}`;
  const report = await migrate(migrateOptions(url));
  expect(report.applied).toHaveLength(3);
  expect(await sql`select distinct contact_id from public.main_numbers`).toEqual([{ contact_id: dirtyContactId(403) }]);
});

test("a table that references another key of contacts is refused by its name", async () => {
  const { sql, url } = database;
  await sql`insert into public.organizations (id) values (${dirtyOrganizationId(1)})`;
  await sql`
    insert into public.contacts (org_id, name, phone)
    values (${dirtyOrganizationId(1)}, 'Ada', '(415) 555-0101'), (${dirtyOrganizationId(1)}, 'Bob', '+14155550102')`;
  await sql`alter table public.contacts add constraint contacts_number unique (org_id, phone)`;
  await sql`
    create table public.opt_outs (
      org_id uuid, phone text,
      constraint opt_outs_contact foreign key (org_id, phone) references public.contacts (org_id, phone) on update cascade
    )`;
  await sql`insert into public.opt_outs values (${dirtyOrganizationId(1)}, '(415) 555-0101')`;
  const error = await refusalOf(database, () => migrate(migrateOptions(url)));
  expect(error.code).toBe("PREFLIGHT");
  expect(exitCodeOf(error)).toBe(3);
  expect(error.message).toContain("public.opt_outs (opt_outs_contact)");
});
