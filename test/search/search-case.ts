import { randomBytes } from "node:crypto";
import type postgres from "postgres";
import { migrate } from "../../src/core/migrate.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";

export const search = "20260209000500_search_indexes";
export const firstOrg = "b0000000-0000-4000-8000-000000000001";
export const secondOrg = "b0000000-0000-4000-8000-000000000002";

/** Applies everything of Phase 1, and the search. */
export const migrateWithSearch = (url: string) => migrate(migrateOptions(url, { optional: ["search"] }));

/**
 * Two organisations and a role of tenants under row level security, whose policies compare `app.org`, and hide from it
 * contacts with the note "secret" and calls with the intent "secret". The caller drops the role.
 */
export async function makeTenants({ sql, name }: TestDatabase): Promise<string> {
  const role = `ssot_tenant_${randomBytes(6).toString("hex")}`;
  await sql.unsafe(`
    create role ${role};
    grant connect, temporary on database ${name} to ${role};
    grant usage, create on schema public to ${role};
    grant select on public.calls, public.contacts to ${role};
    alter table public.calls enable row level security;
    alter table public.contacts enable row level security;
    create policy tenant on public.calls to ${role}
      using (org_id = nullif(current_setting('app.org', true), '')::uuid and intent is distinct from 'secret');
    create policy tenant on public.contacts to ${role}
      using (org_id = nullif(current_setting('app.org', true), '')::uuid and notes is distinct from 'secret');
    insert into public.organizations (id, name, email) values
      ('${firstOrg}', 'First', 'first@example.com'), ('${secondOrg}', 'Second', 'second@example.com')`);
  return role;
}

/** Drops the role and all that it has in this database. */
export async function dropTenants(sql: postgres.Sql, role: string): Promise<void> {
  await sql.unsafe(`drop owned by ${role} cascade; drop role ${role}`);
}

/** Makes a session's transaction a tenant's. */
export async function become(tx: postgres.TransactionSql, role: string, orgId: string): Promise<void> {
  await tx`select set_config('app.org', ${orgId}, true), set_config('role', ${role}, true)`;
}

/** Writes a contact and a call of it. */
export async function addCall(
  sql: postgres.Sql,
  call: {
    readonly orgId: string;
    readonly name: string;
    readonly phone: string;
    readonly number?: string;
    readonly notes?: string;
    readonly intent?: string;
  },
): Promise<string> {
  const { orgId, name, phone, number = phone, notes = null, intent = null } = call;
  const [row] = await sql<{ id: string }[]>`
    with contact as (
      insert into public.contacts (org_id, name, phone, notes) values (${orgId}, ${name}, ${phone}, ${notes}) returning id
    )
    insert into public.calls (org_id, vapi_call_id, contact_id, call_direction, phone_number, intent)
    select ${orgId}, gen_random_uuid()::text, contact.id, 'inbound', ${number}, ${intent} from contact
    returning id`;
  if (row === undefined) throw new Error("expected a call");
  return row.id;
}
