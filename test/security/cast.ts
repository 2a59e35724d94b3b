import { standardRows } from "../layouts/layout.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

/** A database of one server with everybody who may be on it. Each role logs in with the password "x". */
export interface Cast extends TestDatabase {
  /** Owns the tables; member of nothing. */
  readonly owner: string;
  /** Has what docs/roles.md lists and no more; a member of the owner. */
  readonly migrator: string;
  /** Reads and writes rows of its own organisation, by policies. */
  readonly tenant: string;
  /** Has a login, and schema public to look into. */
  readonly anon: string;
  /** May create: in the database, in public, in a schema of its own, and tables that reference contacts. */
  readonly partner: string;
  /** The URL of a role. */
  as(role: string): string;
  end(): Promise<void>;
}

export const firstOrg = "00000000-0000-0000-0000-00000000000a";
export const otherOrg = "00000000-0000-0000-0000-00000000000b";

const otherRows = `
  insert into public.organizations (id, name, created_at, updated_at) values ('${otherOrg}', 'Elsewhere', '2026-01-01', '2026-01-01');
  insert into public.contacts (id, org_id, name, phone, created_at, updated_at)
    values ('00000000-0000-0000-0001-00000000000b', '${otherOrg}', 'Olga Other', '+12125550177', '2026-01-01', '2026-01-01');
  insert into public.calls (id, org_id, vapi_call_id, call_direction, phone_number, created_at, updated_at)
    values ('00000000-0000-0000-0002-00000000000b', '${otherOrg}', 'v-b', 'inbound', '+12125550177', '2026-01-04', '2026-01-04')`;

export async function makeCast(): Promise<Cast> {
  const database = await createTestDatabase();
  const { sql, url, name } = database;
  const suffix = crypto.randomUUID().slice(0, 8);
  const [owner, migrator, tenant, anon, partner] = ["owner", "migrator", "tenant", "anon", "partner"].map(
    (role) => `ssot_${role}_${suffix}`,
  ) as [string, string, string, string, string];
  const roles = [migrator, tenant, anon, partner, owner];
  await sql.unsafe(`${standardRows}; ${otherRows}`);
  await sql.unsafe(`
    ${roles.map((role) => `create role ${role} login password 'x';`).join(" ")}
    grant ${owner} to ${migrator};
    grant create on database ${name} to ${migrator}, ${partner};
    grant usage on schema public to public;
    grant create on schema public to ${migrator}, ${owner}, ${partner};
    do $$ declare t regclass; begin
      for t in select c.oid from pg_catalog.pg_class as c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') loop
        execute format('alter table %s owner to ${owner}', t);
        execute format('grant select, insert, update, delete on %s to ${tenant}', t);
      end loop;
      foreach t in array array['public.calls', 'public.contacts', 'public.organizations']::regclass[] loop
        execute format('alter table %s enable row level security', t);
      end loop;
    end $$;
    create policy tenant on public.calls to ${tenant} using (org_id = '${firstOrg}');
    create policy tenant on public.contacts to ${tenant} using (org_id = '${firstOrg}');
    create policy tenant on public.organizations to ${tenant} using (id = '${firstOrg}');
    grant references on public.contacts, public.calls to ${partner};
    create schema theirs authorization ${partner};`);
  return {
    ...database,
    owner,
    migrator,
    tenant,
    anon,
    partner,
    as: (role) => Object.assign(new URL(url), { username: role, password: "x" }).href,
    end: async () => {
      await sql.unsafe(`${roles.map((role) => `drop owned by ${role} cascade;`).join(" ")}`);
      await sql.unsafe(`${roles.map((role) => `drop role ${role};`).join(" ")}`);
      await database.drop();
    },
  };
}
