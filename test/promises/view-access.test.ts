import { afterEach, beforeEach, expect, test } from "vitest";
import { dirtyOrganizationId, loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";
import { undone, withRole } from "./migrated-case.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadDirtyCase(database.sql);
});

afterEach(() => database.drop());

async function grantsOn(relation: string): Promise<readonly string[]> {
  const rows = await database.sql<{ line: string }[]>`
    select format('%s %s%s', coalesce(r.rolname, 'public'), x.privilege_type, case when x.is_grantable then ' grantable' else '' end) as line
    from pg_catalog.pg_class as c cross join lateral aclexplode(c.relacl) as x
    left join pg_catalog.pg_roles as r on r.oid = x.grantee
    where c.oid = ${relation}::regclass and x.grantee <> c.relowner order by 1`;
  return rows.map(({ line }) => line);
}

test("who may read calls may read the view, save anon and everybody, whatever default privileges say", async () => {
  const { sql, url } = database;
  // Other tests may want the role of this name as well, so it stays.
  await sql`do $$ begin create role anon; exception when duplicate_object or unique_violation then null; end $$`;
  await withRole(sql, "", (reader) =>
    withRole(sql, "", async (writer) => {
      await sql.unsafe(`
        alter default privileges in schema public grant all on tables to anon, ${writer}, public;
        alter default privileges grant all on tables to anon, public;
        alter default privileges grant usage on schemas to anon, public;
        grant select on public.calls to ${reader} with grant option;
        grant select on public.calls to anon, public;
        grant insert, update on public.calls to ${writer}`);
      await migrate(migrateOptions(url));
      expect(await grantsOn("public.calls_with_caller_names")).toEqual([`${reader} SELECT grantable`]);
      expect(await grantsOn("public.deprecated_column_audit")).toEqual([]);
      const rights = await sql`
        select has_table_privilege('anon', 'public.calls_with_caller_names', 'select') as view,
          has_table_privilege('anon', 'public.deprecated_column_audit', 'select') as audit,
          has_schema_privilege('anon', 'ssot', 'usage') as schema`;
      expect(rights).toEqual([{ view: false, audit: false, schema: false }]);
      await sql.unsafe(`
        alter default privileges in schema public revoke all on tables from anon, public;
        alter default privileges revoke all on tables from anon, public;
        alter default privileges revoke usage on schemas from anon, public`);
    }),
  );
});

test("a tenant sees its own calls and contacts through the view, and no other row", async () => {
  const { sql, url } = database;
  await migrate(migrateOptions(url));
  await withRole(sql, "", async (tenant) => {
    await sql.unsafe(`
      grant select on public.calls, public.contacts, public.calls_with_caller_names to ${tenant};
      alter table public.calls enable row level security;
      alter table public.contacts enable row level security;
      create policy own on public.calls for select to ${tenant} using (org_id = current_setting('app.org')::uuid);
      create policy own on public.contacts for select to ${tenant} using (org_id = current_setting('app.org')::uuid)`);
    for (const organization of [1, 9].map(dirtyOrganizationId)) {
      const [all] = await sql`select count(*) as n from public.calls where org_id = ${organization}`;
      const seen = await undone(sql, async (tx) => {
        await tx`select set_config('app.org', ${organization}, true)`;
        await tx.unsafe(`set local role ${tenant}`);
        return tx`select org_id, count(*) as n from public.calls_with_caller_names group by org_id`;
      });
      expect(seen).toEqual([{ org_id: organization, n: all?.n }]);
    }
  });
});
