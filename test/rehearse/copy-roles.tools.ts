import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generateData } from "../../fixtures/generate.ts";
import { startEmbeddedServer, temporaryServerDirectory } from "../../src/db/embedded/embedded-server.ts";
import { errorOf, refusalOf } from "../faults/refusal.ts";
import { createApplication } from "../situations/application.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { targetOf } from "../support/run-options.ts";
import { copyOf } from "./copy-case.ts";

const roles = ["ssot_copy_owner", "ssot_copy_reader", "ssot_copy_group", 'ssot "copy" odd'];
const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

let database: TestDatabase;
let ownerUrl: string;
beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  await generateData(sql, { calls: 200, contacts: 50 });
  for (const role of roles) await sql.unsafe(`create role ${quoted(role)} nologin`);
  await sql.unsafe(`
    alter role ssot_copy_owner login password 'owner' noinherit;
    grant ssot_copy_group to ssot_copy_owner;
    alter table public.organizations owner to ssot_copy_owner; alter table public.contacts owner to ssot_copy_owner;
    alter table public.calls owner to ssot_copy_owner; alter table public.messages owner to ssot_copy_owner;
    grant select, insert on all tables in schema public to ssot_copy_owner;
    grant select on all sequences in schema public to ssot_copy_owner;
    grant create on database ${database.name} to ssot_copy_owner;
    grant create, usage on schema public to ssot_copy_owner;
    grant select (id, name) on public.contacts to "ssot ""copy"" odd";
    alter default privileges for role ssot_copy_owner in schema public grant select on tables to ssot_copy_reader;
    create policy theirs on public.contacts to ssot_copy_reader using (true);
    alter role ssot_copy_owner in database ${database.name} set work_mem = '5MB';
    alter database ${database.name} set search_path = public, "Odd, one";
    alter database ${database.name} set app.secret = 'hush''hush'`);
  const url = new URL(database.url);
  Object.assign(url, { username: "ssot_copy_owner", password: "owner" });
  ownerUrl = url.href;
});
afterAll(async () => {
  for (const role of roles) {
    await database.sql.unsafe(`reassign owned by ${quoted(role)} to postgres; drop owned by ${quoted(role)}`);
  }
  await database.drop();
  const admin = await createTestDatabase({ template: "empty" });
  for (const role of roles) await admin.sql.unsafe(`drop role ${quoted(role)}`);
  await admin.drop();
});

const described = (sql: postgres.Sql) => sql`
  select current_user::text as user, (select rolsuper from pg_catalog.pg_roles where rolname = current_user) as superuser,
         current_setting('work_mem') as memory, current_setting('search_path') as path, current_setting('app.secret') as secret,
         (select tableowner::text from pg_catalog.pg_tables where tablename = 'calls') as owner,
         has_column_privilege('ssot "copy" odd', 'public.contacts', 'name', 'select') as granted,
         has_column_privilege('ssot "copy" odd', 'public.contacts', 'phone', 'select') as wider,
         has_database_privilege(current_database(), 'create') as creates,
         pg_has_role('ssot_copy_owner', 'ssot_copy_group', 'member') as member,
         pg_has_role('ssot_copy_owner', 'ssot_copy_group', 'usage') as inherits,
         (select roles::text from pg_catalog.pg_policies where policyname = 'theirs') as policy,
         (select count(*)::integer from pg_catalog.pg_default_acl) as defaults,
         (select count(*)::integer from pg_catalog.pg_roles where rolname ~ '^ssot_loader') as loaders`;

test("roles, their rights, memberships and settings are as there, and the copy is worked on as whoever asks there", async () => {
  const there = postgres(ownerUrl, { max: 1 });
  const original = await described(there).finally(() => there.end());
  const { copied, problems } = await copyOf(ownerUrl, async ({ target, problems: told }) => {
    const { host, port, database: name, user, password } = target;
    const sql = postgres({ host, port, database: name, user, password: password ?? "", max: 1 });
    return { copied: await described(sql).finally(() => sql.end()), problems: told };
  });
  expect(problems).toEqual([]);
  expect(copied[0]).toEqual(original[0]);
  expect(copied[0]).toMatchObject({ user: "ssot_copy_owner", superuser: false, memory: "5MB", secret: "hush'hush" });
});

test("rows that row level security hides are told where nothing is done to them, and refuse the copy where something is", async () => {
  const { sql } = database;
  await sql.unsafe(
    "create table public.elsewhere (n integer); insert into public.elsewhere values (1); alter table public.elsewhere enable row level security; grant select on public.elsewhere to ssot_copy_owner",
  );
  const problems = await copyOf(ownerUrl, async (copy) => copy.problems);
  expect(problems).toEqual(["public.elsewhere is not on the copy: row level security hides rows of it"]);
  await sql.unsafe(
    "alter table public.calls enable row level security; alter table public.calls force row level security",
  );
  const refusal = await refusalOf(database, () => copyOf(ownerUrl, async () => {}));
  expect(refusal).toMatchObject({
    code: "PREFLIGHT",
    message: expect.stringContaining("public.calls: row level security hides rows of it"),
  });
  await sql.unsafe(
    "alter table public.calls no force row level security; alter table public.calls disable row level security",
  );
  await sql.unsafe("revoke select on public.elsewhere from ssot_copy_owner");
  expect(await copyOf(ownerUrl, async (copy) => copy.problems)).toEqual([
    "public.elsewhere is not on the copy: it may not be read",
  ]);
  await sql.unsafe("drop table public.elsewhere");
});

test("a database sorted by ICU is copied with the same locale and encoding", async () => {
  const name = `${database.name}_icu`;
  await database.sql.unsafe(
    `create database ${name} template template0 encoding 'UTF8' locale_provider icu icu_locale 'sv-SE' lc_collate 'C' lc_ctype 'C'`,
  );
  const url = new URL(database.url);
  url.pathname = `/${name}`;
  try {
    const sql = postgres(url.href, { max: 1 });
    await sql.file("fixtures/base-schema.sql").finally(() => sql.end());
    const found = await copyOf(url.href, async ({ target, problems }) => {
      const { host, port, user, password } = target;
      const copy = postgres({ host, port, database: target.database, user, password: password ?? "", max: 1 });
      const rows = await copy`
        select datlocprovider::text as provider, datlocale::text as locale, datcollate::text as sorted
        from pg_catalog.pg_database where datname = current_database()`.finally(() => copy.end());
      return { row: rows[0], problems };
    });
    expect(found).toEqual({ row: { provider: "i", locale: "sv-SE", sorted: "C" }, problems: [] });
  } finally {
    await database.sql.unsafe(`drop database ${name} with (force)`);
  }
});

test("a whole application is copied by the owner of its tables, who is no superuser", async () => {
  const app = await createApplication();
  try {
    const { superuser, problems } = await copyOf(app.url, async (copy) => {
      const { host, port, database: name, user, password } = copy.target;
      const sql = postgres({ host, port, database: name, user, password: password ?? "", max: 1 });
      const rows =
        await sql`select rolsuper as superuser from pg_catalog.pg_roles where rolname = current_user`.finally(() =>
          sql.end(),
        );
      return { superuser: rows[0]?.superuser, problems: copy.problems };
    });
    expect({ superuser, problems }).toEqual({
      superuser: false,
      problems: ["auth.mfa_factors is not on the copy: it may not be read"],
    });
  } finally {
    await app.drop();
  }
});

test("a target that is newer than the server of the copy is refused", async () => {
  const newer = await startEmbeddedServer({ directory: temporaryServerDirectory("ssot-test"), ephemeral: true });
  const url = `postgres://${newer.user}:${newer.password}@${newer.host}:${newer.port}/postgres`;
  const binaries = process.env.SSOT_TEST_PG_BINARIES;
  try {
    const refusal = await errorOf(copyOf(url, async () => {}, { binaries }));
    expect(refusal).toMatchObject({
      code: "PREFLIGHT",
      message: "the target is PostgreSQL 17, and the embedded server is 15",
    });
    expect(targetOf(url).password).toBe(newer.password);
  } finally {
    await newer.stop();
  }
});
