import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await loadSeedCase(database.sql);
  await migrate(migrateOptions(database.url));
  await database.sql.unsafe(`
    create schema wiki;
    create type wiki.mood as enum ('zest', 'calm', 'anger');
    create domain wiki.slug as text check (value <> '');
    create collation wiki.swedish (provider = icu, locale = 'sv')`);
});
afterAll(() => database.drop());

interface Keyed {
  readonly what: string;
  /** Columns of the key with their types. */
  readonly key: Readonly<Record<string, string>>;
  /** Values of the key's columns for row n of 60, in the same order. */
  readonly values: string;
  /** Instead of a primary key. */
  readonly constraint?: string;
}

const keyed: readonly Keyed[] = [
  { what: "a number", key: { id: "bigint" }, values: "n - 30" },
  { what: "a number with a fraction", key: { id: "numeric" }, values: "n / 7.0" },
  { what: "a float", key: { id: "double precision" }, values: "sqrt(n)" },
  {
    what: "a word in another order than the server's",
    key: { id: "text collate wiki.swedish" },
    values: "chr(200 + n) || n",
  },
  { what: "a padded word", key: { id: "character(6)" }, values: "'k' || n" },
  { what: "a domain", key: { id: "wiki.slug" }, values: "'page ' || n" },
  {
    what: "an enum in its own order, and a date",
    key: { mood: "wiki.mood", day: "date" },
    values: "('{zest,calm,anger}'::wiki.mood[])[n % 3 + 1], date '2026-01-01' + n",
  },
  { what: "bytes", key: { id: "bytea" }, values: "decode(lpad(to_hex(n * 7), 4, '0'), 'hex')" },
  { what: "an address", key: { id: "inet" }, values: "inet '10.0.0.0' + n * 300" },
  {
    what: "a moment to the microsecond",
    key: { id: "timestamptz" },
    values: "timestamptz '2026-03-29 00:59:59.999999+00' + n * interval '13 minutes'",
  },
  { what: "an interval", key: { id: "interval" }, values: "n * interval '1 day 3 hours'" },
  {
    what: "three columns with difficult names",
    key: { "the Key": "integer", order: "text", 'a"b': "uuid" },
    values: "n % 4, 'x' || n % 5, md5(n::text)::uuid",
  },
  {
    what: "a unique key alone",
    key: { id: "integer", org: "integer" },
    values: "n, n % 2",
    constraint: "unique (id, org)",
  },
];

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

test.each(keyed)("values are kept and brought back by $what", async ({ key, values, constraint }) => {
  const { sql } = database;
  const names = Object.keys(key);
  const list = names.map(quote).join(", ");
  const columns = Object.entries(key).map(([name, type]) => `${quote(name)} ${type} not null`);
  const copies = Object.entries(key).map(([, type], n) => `key_${n} ${type}`);
  const storeKey = names.map((_, n) => `key_${n}`);
  await sql.unsafe(`
    drop table if exists wiki."Pages", ssot.kept;
    delete from ssot.archive where migration = 'm';
    create table wiki."Pages" (${columns.join(", ")}, "authorName" varchar(40), tags text[], ${constraint ?? `primary key (${list})`});
    insert into wiki."Pages" (${list}, "authorName", tags)
      select ${values}, case when n % 5 > 0 then 'Author ' || n end, case when n % 3 > 0 then array['t' || n, null] end from generate_series(1, 60) as n;
    create table ssot.kept (${copies.join(", ")}, "authorName" varchar(40), tags text[], gone boolean not null default false,
      primary key (${storeKey.join(", ")}));
    select ssot.begin_archive('m', 'wiki."Pages"', '{authorName,tags}', store => 'ssot.kept', store_key => '{${storeKey.join(",")}}')`);
  const [archive] = await sql`select row_key from ssot.archive where migration = 'm'`;
  expect(archive).toEqual({ row_key: names });
  const rows = () => sql.unsafe(`select ${list}, "authorName", tags from wiki."Pages" order by ${list}`);
  const before = await rows();

  const passes: number[] = [];
  let last: string | null = null;
  do {
    const [batch]: { passed: number; upto: string | null }[] = await sql`
      select b.passed::integer, b.upto from ssot.archive as a, ssot.archive_batch(a, ${last}::text, 7) as b where a.migration = 'm'`;
    passes.push(batch?.passed ?? -1);
    last = batch?.upto ?? null;
  } while (last !== null);
  expect(passes).toEqual([7, 7, 7, 7, 7, 7, 7, 7, 4, 0]);
  const [kept] = await sql.unsafe(`select count(*)::integer as n from ssot.kept`);
  expect(kept).toEqual({ n: before.filter((row) => row.authorName !== null || row.tags !== null).length });

  await sql.unsafe(`
    insert into ssot.object (migration, stage, kind, name, undo) values ('m', 'columns', 'column', 'authorName', '');
    update wiki."Pages" set "authorName" = null, tags = null;
    update wiki."Pages" set "authorName" = 'Newer' where tags is null and ctid = (select min(ctid) from wiki."Pages" where tags is null)`);
  const [changed] = await sql.unsafe(`select ${list} from wiki."Pages" where "authorName" = 'Newer'`);
  const [back] = await sql`
    select r.restored::integer, r.kept::integer
    from ssot.archive as a, ssot.restore_batch(a, array(select k.ctid from ssot.kept as k)) as r where a.migration = 'm'`;
  const isChanged = (row: Record<string, unknown>): boolean =>
    names.every((name) => JSON.stringify(row[name]) === JSON.stringify(changed?.[name]));
  const expected = before.map((row) => (isChanged(row) ? { ...row, authorName: "Newer" } : row));
  expect(await rows()).toEqual(expected);
  const original = before.find(isChanged)?.authorName ?? null;
  expect(back?.kept).toBe(original === null ? 0 : 1);
  const unrestored = await sql`select row_key, original from ssot.unrestored where relation = 'wiki."Pages"'`;
  expect(unrestored.map((row) => row.original)).toEqual(original === null ? [] : [original]);
  expect(
    unrestored.every(
      (row) => JSON.stringify(Object.keys(row.row_key as object).sort()) === JSON.stringify([...names].sort()),
    ),
  ).toBe(true);
  await sql`delete from ssot.unrestored where relation = 'wiki."Pages"'`;
  await sql`delete from ssot.object where migration = 'm'`;
});

test("a table without a key is refused, and a key of another width", async () => {
  const { sql } = database;
  await sql.unsafe(`create table wiki.loose (a integer, b text); create unique index on wiki.loose (a) where a > 0;
    create table wiki.wide (a integer, b integer, c text, primary key (a, b))`);
  await expect(
    sql`select ssot.begin_archive('m', 'wiki.loose', '{b}', store => 'ssot.x', store_key => '{a}')`,
  ).rejects.toThrow("it has no key");
  await expect(
    sql`select ssot.begin_archive('m', 'wiki.wide', '{c}', store => 'ssot.x', store_key => '{a}')`,
  ).rejects.toThrow("(a, b)");
});

test("a store without a fill gives up what is kept of a deleted call, and ends without what it gave up", async () => {
  const { sql } = database;
  const calls = await sql<{ id: string }[]>`select id from public.calls order by id limit 2`;
  await sql.unsafe(`
    delete from ssot.archive where migration = 'm'; delete from ssot.task where task = 'm';
    create table ssot.kept_notes (call_id uuid primary key, notes text, gone boolean not null default false);
    select ssot.begin_archive('m', 'public.calls', '{notes}', store => 'ssot.kept_notes', store_key => '{call_id}', row_key => '{id}')`);
  await sql`insert into ssot.kept_notes (call_id, notes, gone)
    select id, 'a note', false from unnest(${calls.map(({ id }) => id)}::uuid[]) as c(id)`;
  await sql`insert into ssot.kept_notes (call_id, gone) values (gen_random_uuid(), true)`;
  await sql`delete from public.calls where id = ${calls[0]?.id ?? ""}`;
  expect(await sql`select call_id, notes from ssot.kept_notes where not gone`).toEqual([
    { call_id: calls[1]?.id, notes: "a note" },
  ]);
  expect(await sql`select from ssot.erasure_due`).toEqual([]);
  await sql`select ssot.end_archive('m')`;
  expect(await sql`select call_id from ssot.kept_notes`).toEqual([{ call_id: calls[1]?.id }]);
});
