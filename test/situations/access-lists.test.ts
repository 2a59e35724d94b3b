import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadSeedCase(database.sql);
  await database.sql.unsafe(supabase);
});

afterEach(async () => {
  await database.drop();
});

// As Supabase sets up a project, and for good measure without the schema and with everybody.
const supabase = `
  do $$ declare r text; begin
    foreach r in array array['anon', 'authenticated', 'service_role'] loop
      begin execute format('create role %I', r); exception when duplicate_object or unique_violation then null; end;
    end loop;
  end $$;
  grant usage on schema public to anon, authenticated, service_role;
  grant all on all tables in schema public to anon, authenticated, service_role;
  alter default privileges in schema public grant all on tables to anon, authenticated, service_role, public;
  alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
  alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
  alter default privileges grant all on tables to anon, public;
  alter default privileges grant all on sequences to anon, public;
  alter default privileges grant all on functions to anon, public;
  alter default privileges grant all on schemas to anon, public`;

/** Every right that anon or everybody has on a schema, relation, column or function; built-in defaults count. */
async function openRights(): Promise<readonly string[]> {
  const rows = await database.sql<{ line: string }[]>`
    select format('%s %s to %s', x.object, a.privilege_type, coalesce(r.rolname, 'public')) as line
    from (
      select 'schema ' || n.nspname as object, coalesce(n.nspacl, acldefault('n', n.nspowner)) as acl, n.nspname
      from pg_catalog.pg_namespace as n
      union all
      select 'relation ' || c.oid::regclass,
             coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner)), n.nspname
      from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
      union all
      select format('column %s.%s', c.oid::regclass, t.attname), t.attacl, n.nspname
      from pg_catalog.pg_attribute as t join pg_catalog.pg_class as c on c.oid = t.attrelid
      join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
      union all
      select 'function ' || p.oid::regprocedure, coalesce(p.proacl, acldefault('f', p.proowner)), n.nspname
      from pg_catalog.pg_proc as p join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    ) as x
    cross join lateral aclexplode(x.acl) as a
    left join pg_catalog.pg_roles as r on r.oid = a.grantee
    where x.nspname !~ '^pg_' and x.nspname <> 'information_schema' and (a.grantee = 0 or r.rolname = 'anon')
    order by 1`;
  return rows.map(({ line }) => line);
}

test("whatever default privileges say, no migration opens anything to anon or to everybody, and a rollback neither", async () => {
  const { sql, url } = database;
  const before = await openRights();
  expect(before.length).toBeGreaterThan(10);
  const names = ["20260209000100", "20260209000200", "20260209000300", "20260209000400"];
  for (const to of names) {
    const { applied } = await migrate(migrateOptions(url, { to }));
    expect(applied).toHaveLength(1);
    const opened = (await openRights()).filter((line) => !before.includes(line));
    expect({ to, opened }).toEqual({ to, opened: [] });
  }
  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  const force = { reason: "to look at what it opens" };
  expect((await migrate(migrateOptions(url, { phase3: true, force }))).applied).toHaveLength(1);
  expect((await openRights()).filter((line) => !before.includes(line))).toEqual([]);
  for (const to of names.toReversed()) {
    await rollback(rollbackOptions(url, { all: false, to }));
    expect({ to, opened: (await openRights()).filter((line) => !before.includes(line)) }).toEqual({ to, opened: [] });
  }
});
