import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

/** A dirty database that equals every other one made here: the times that the fixture leaves to the clock are set. */
export async function createDirtyDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase();
  await fillDirty(database.sql);
  return database;
}

export async function fillDirty(sql: TestDatabase["sql"]): Promise<void> {
  await loadDirtyCase(sql);
  await sql`update public.organizations set updated_at = '2026-02-01'`;
  await sql`update public.calls set updated_at = '2026-02-01'`;
}

/** The same with objects of somebody's that have the names of ours, of every kind that a migration replaces. */
export async function createOccupiedDatabase(): Promise<TestDatabase> {
  const database = await createDirtyDatabase();
  await occupy(database.sql);
  return database;
}

export async function occupy(sql: TestDatabase["sql"]): Promise<void> {
  await sql.unsafe(`
    create index idx_calls_contact_id on public.calls (contact_id, created_at);
    create index idx_contacts_org_phone on public.contacts (org_id, phone) where phone is not null;
    create index idx_contacts_org_phone_unique on public.contacts (phone);
    alter table public.contacts add constraint contacts_phone_must_be_e164 check (phone <> '');
    alter table public.contacts add constraint contacts_name_must_be_real check (name <> 'nobody') not valid;
    create view public.calls_with_caller_names as select id, status from public.calls;
    comment on view public.calls_with_caller_names is 'somebody''s'`);
}

/** Everything outside the tool's own schema. */
export const snapshotOutside = ({ sql }: Pick<TestDatabase, "sql">): Promise<string> =>
  snapshotDatabase(sql, { ignoreSchemas: ["ssot"] });

/** The same without the views: columns that were added again stand at their end. */
export async function snapshotWithoutViews(database: Pick<TestDatabase, "sql">): Promise<string> {
  const lines = (await snapshotOutside(database)).split("\n");
  return lines.filter((line) => !line.startsWith("view ")).join("\n");
}
