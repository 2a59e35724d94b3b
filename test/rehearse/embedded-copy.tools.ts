import { existsSync } from "node:fs";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generateData } from "../../fixtures/generate.ts";
import type { EmbeddedCopy } from "../../src/core/rehearse/copy/options.ts";
import type { Target } from "../../src/db/target.ts";
import { allTextOf, errorOf, refusalOf } from "../faults/refusal.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { copyOf, makeShims } from "./copy-case.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await generateData(database.sql, { calls: 500, contacts: 100, dirt: true });
});
afterAll(() => database.drop());

/** The second route: a session on the copy past the code under test. */
async function ask<T>(
  { host, port, database: name, user, password }: Target,
  query: (sql: postgres.Sql) => Promise<T>,
) {
  const sql = postgres({ host, port, database: name, user, password: password ?? "", max: 1, onnotice: () => {} });
  try {
    return await query(sql);
  } finally {
    await sql.end();
  }
}

const hashes = (sql: postgres.Sql) => sql`
  select (select md5(string_agg(c::text, ',' order by c.id)) from public.calls as c) as calls,
         (select md5(string_agg(k::text, ',' order by k.id)) from public.contacts as k) as contacts,
         (select count(*)::integer from pg_catalog.pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n') as keys,
         (select count(*)::integer from pg_catalog.pg_indexes where schemaname = 'public') as indexes`;

/** What a test changed; taken back after it, so that the next one starts from the same. */
async function during<T>(change: string, undo: string, work: () => Promise<T>): Promise<T> {
  await database.sql.unsafe(change);
  try {
    return await work();
  } finally {
    await database.sql.unsafe(undo);
  }
}

test("a copy holds the same rows, keys and indexes, is usable by the same role, and is gone afterwards", async () => {
  const there = await hashes(database.sql);
  const warnings: string[] = [];
  let at: Target | undefined;
  const found = await copyOf(
    database.url,
    async ({ target, problems }: EmbeddedCopy) => {
      at = target;
      const settings = await ask(
        target,
        (sql) => sql`select current_setting('fsync') as fsync, current_setting('log_min_messages') as logged`,
      );
      return {
        rows: await ask(target, hashes),
        problems,
        user: target.user,
        name: target.database,
        settings: settings[0],
      };
    },
    { onWarning: (message) => warnings.push(message) },
  );
  expect(found).toMatchObject({
    problems: [],
    user: "postgres",
    name: database.name,
    settings: { fsync: "on", logged: "fatal" },
  });
  expect(found.rows[0]).toEqual(there[0]);
  expect(warnings).toEqual([
    expect.stringMatching(/^the rows of the target are copied to this machine, to .*ssot-rehearsal-/),
  ]);
  const [, folder = ""] = /to (\S+ssot-rehearsal-\w+)/.exec(warnings[0] ?? "") ?? [];
  expect(folder).not.toBe("");
  expect(existsSync(folder)).toBe(false);
  await expect(ask(at as Target, (sql) => sql`select 1`)).rejects.toThrow();
});

test("no password stands on a command line, and none of the process's own PG variables counts", async () => {
  const shims = makeShims();
  const { password } = new URL(database.url);
  try {
    const environment = { ...process.env, PATH: shims.path, PGPASSWORD: "another", PGHOST: "nowhere.invalid" };
    const copied = await copyOf(database.url, async ({ target }) => target.password ?? "", { environment });
    const seen = shims.seen();
    // The versions, and three parts.
    expect(seen.match(/^ran pg_dump/gm)).toHaveLength(4);
    expect(seen.match(/^ran pg_restore/gm)).toHaveLength(4);
    expect(seen.match(/password set/g)?.length).toBeGreaterThanOrEqual(6);
    expect(seen).not.toContain(password);
    expect(seen).not.toContain(copied);
  } finally {
    shims.remove();
  }
});

test("without pg_dump, or with one that is older than the server, the refusal says what to install", async () => {
  const bare = await refusalOf(database, () =>
    copyOf(database.url, async () => {}, { environment: { PATH: "/nonexistent" } }),
  );
  expect(bare).toMatchObject({
    code: "PREFLIGHT",
    message: expect.stringContaining("pg_dump, which is not in the PATH"),
  });
  expect(bare.hint).toContain("postgresql-client-15");
  const shims = makeShims({ pg_dump: 'echo "pg_dump (PostgreSQL) 14.9"' });
  try {
    const environment = { ...process.env, PATH: shims.path };
    const old = await refusalOf(database, () => copyOf(database.url, async () => {}, { environment }));
    expect(old).toMatchObject({
      code: "PREFLIGHT",
      message: "pg_dump is of version 14 here, and cannot read PostgreSQL 15 of the target",
    });
  } finally {
    shims.remove();
  }
});

test("an extension that is missing is told by name where nothing stands on it, and refuses the copy where something does", async () => {
  // PostgreSQL 17 has it no more.
  await during("create extension adminpack", "drop extension adminpack cascade", async () => {
    const problems = await copyOf(database.url, async (copy) => copy.problems);
    expect(problems).toEqual(["extension adminpack could not be made on the copy"]);
    await database.sql.unsafe(
      "alter table public.contacts add constraint odd check (id is not null or pg_catalog.pg_file_unlink(name))",
    );
    const refusal = await refusalOf(database, () => copyOf(database.url, async () => {}));
    expect(refusal.code).toBe("PREFLIGHT");
    expect(refusal.message).toContain("\n  - table public.contacts");
    expect(refusal.hint).toContain("adminpack");
  });
});

test("rows that a CHECK refuses on the copy are counted, and none of them is shown", async () => {
  const name = "Very Private Person";
  await database.sql`update public.contacts set name = ${name} where id = (select min(id::text)::uuid from public.contacts)`;
  await during(
    "create function public.odd(text) returns boolean language sql as 'select true'; alter table public.contacts add constraint odd check (public.odd(name)); create or replace function public.odd(text) returns boolean language sql as 'select current_user !~ ''loader'''",
    "drop function public.odd cascade",
    async () => {
      const refusal = await refusalOf(database, () => copyOf(database.url, async () => {}));
      expect(refusal.message).toContain("all but 0 of 100 rows of public.contacts");
      expect(allTextOf(refusal)).not.toContain(name);
    },
  );
});

test("code of a table that runs while rows are loaded has no more rights than to write rows", async () => {
  const strict =
    "create or replace function public.odd(text) returns boolean language sql as 'select not rolsuper from pg_catalog.pg_roles where rolname = current_user'";
  await during(
    `create function public.odd(text) returns boolean language sql as 'select true'; alter table public.contacts add constraint odd check (public.odd(name)); ${strict}`,
    "drop function public.odd cascade",
    async () => {
      const rows = await copyOf(database.url, ({ target }) =>
        ask(target, (sql) => sql`select count(*)::integer as n from public.contacts`),
      );
      expect(rows[0]).toEqual({ n: 100 });
    },
  );
});

test("no user mapping of a foreign server is on the copy, and the report says how many there were", async () => {
  await during(
    `create extension postgres_fdw; create server elsewhere foreign data wrapper postgres_fdw options (host 'db.invalid');
     create user mapping for current_user server elsewhere options (user 'u', password 'mapped-secret')`,
    "drop extension postgres_fdw cascade",
    async () => {
      const told = await copyOf(database.url, async ({ target, problems }) => ({
        problems,
        there: await ask(
          target,
          (sql) => sql`
            select (select count(*)::integer from pg_catalog.pg_foreign_server) as servers,
                   (select count(*)::integer from pg_catalog.pg_user_mappings) as mappings`,
        ),
      }));
      expect(told.there[0]).toEqual({ servers: 1, mappings: 0 });
      expect(told.problems).toContain("user mappings of foreign servers are not on the copy: 1");
      expect(JSON.stringify(told.problems)).not.toContain("mapped-secret");
    },
  );
});

test("a table that is locked for long is said to be, and the copy is given up", async () => {
  const holder = await database.sql.reserve();
  await holder`begin`;
  await holder`lock table public.calls in access exclusive mode`;
  // What is asked of the table before the dump must not wait: nothing of it is.
  const refusal = await errorOf(copyOf(database.url, async () => {})).finally(async () => {
    await holder`rollback`;
    holder.release();
  });
  expect(refusal).toMatchObject({
    code: "LOCK_TIMEOUT",
    message: expect.stringContaining("a table of the target was locked"),
  });
});
