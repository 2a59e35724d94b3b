import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { doctor } from "../../src/core/doctor.ts";
import type { PlainFile } from "../../src/core/export.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { rollback } from "../../src/core/rollback.ts";
import { status } from "../../src/core/status.ts";
import { listObstacles } from "../../src/db/queries/obstacles/list-obstacles.ts";
import { loadEngine } from "../../src/migrations/engine-files.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { phase1, statesWith } from "../support/phase1.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { engineFiles, migrationFiles, routes } from "./routes.ts";

let database: TestDatabase;
let files: readonly PlainFile[];
const send = (some: readonly PlainFile[]) => routes["statement by statement"]?.(database, some);

beforeEach(async () => {
  database = await createTestDatabase();
  await loadSeedCase(database.sql);
  files = await migrationFiles();
  await send(await engineFiles());
});
afterEach(() => database.drop());

test.each([1, 2, 3])("file %i alone is refused: the one before must be applied first", async (place) => {
  await refused(files.slice(place, place + 1), files[place - 1]?.name.replace(".sql", " must be applied first"));
});

test("a file that is applied is refused, whoever applied it", async () => {
  await send(files.slice(0, 1));
  await refused(files.slice(0, 1), "20260209000100_backfill_contact_ids is applied already");
  await migrate(migrateOptions(database.url));
  await refused(files.slice(3), "20260209000400_mark_deprecated is applied already");
});

test("a file is refused while a migration is half-way", async () => {
  await send(files.slice(0, 1));
  await database.sql`update ssot.run set finished_at = null`;
  await refused(files.slice(1, 2), "20260209000100_backfill_contact_ids is half-way");
});

test("a file is refused while a run holds the run lock", async () => {
  const session = await database.sql.reserve();
  await session`select pg_advisory_lock(${0x73736f74}, 1)`;
  await refused(files, "another ssot run is at work");
  session.release();
});

test.each([
  ["all", "drop schema ssot cascade"],
  ["the last", "delete from ssot.engine_text where part = (select max(part) from ssot.engine_text)"],
])("a file is refused where of the engine's files %s is missing, and names them", async (_, sql) => {
  await database.sql.unsafe(sql);
  const names = (await engineFiles()).map(({ name }) => name);
  await refused(files.slice(0, 1), `engine 2 must be sent first: ${names.join(", ")}`);
});

test.each([
  ["changed", "update ssot.engine_text set sql = sql || 'create table public.theirs ();' where part = 1"],
  ["put in", "update ssot.engine_text set sql = 'create table public.theirs ();'"],
  [
    "in another order",
    "alter table ssot.engine_text drop constraint engine_text_pkey; update ssot.engine_text set part = 3 - part",
  ],
])("a text of the engine that was %s is not executed", async (_, sql) => {
  await database.sql.unsafe(sql);
  await refused(files.slice(0, 1), "ssot.engine_text holds another text than this file was exported with");
});

test("sent again, the engine's files bring their own text back", async () => {
  await database.sql`update ssot.engine_text set sql = ''`;
  await send(await engineFiles());
  await send(files.slice(0, 1));
  expect(await database.sql`select version from ssot.engine`).toEqual([{ version: 2 }]);
  expect(await database.sql`select to_regclass('ssot.engine_text') as text`).toEqual([{ text: null }]);
});

test("the engine's files leave a database with that engine as it is, and refuse a newer one", async () => {
  await migrate(migrateOptions(database.url));
  const before = await snapshotDatabase(database.sql);
  await send(await engineFiles());
  expect(await snapshotDatabase(database.sql)).toBe(before);
  await database.sql`update ssot.engine set version = 3`;
  await refused(await engineFiles(), "the database has engine 3");
});

test("a schema ssot of somebody else is refused", async () => {
  await database.sql`drop schema ssot cascade`;
  await database.sql`create schema ssot authorization pg_monitor`;
  await refused(await engineFiles(), "schema ssot belongs to role pg_monitor");
  await refused(files.slice(0, 1), "schema ssot belongs to role pg_monitor");
});

test("where only the engine's text arrived, ssot works as where nothing did, and leaves none of it", async () => {
  const { sql, url } = database;
  const { migrations } = await status(migrateOptions(url));
  expect(migrations.map(({ state }) => state)).toEqual(statesWith("pending"));
  const before = await snapshotDatabase(sql);
  const { pending } = await plan(migrateOptions(url));
  expect(pending.map(({ name }) => name)).toEqual(phase1);
  expect(await doctor({ target: migrateOptions(url).target })).toMatchObject({ command: "doctor" });
  expect(await snapshotDatabase(sql)).toBe(before);
  expect(await listObstacles(sql)).toEqual([]);
  await migrate(migrateOptions(url));
  expect(await sql`select to_regclass('ssot.engine_text') as text`).toEqual([{ text: null }]);
  await rollback(rollbackOptions(url));
  expect(await sql`select to_regnamespace('ssot') as schema`).toEqual([{ schema: null }]);
});

test("uninstall removes a text that was never installed", async () => {
  await database.sql.unsafe((await loadEngine()).uninstall);
  expect(await database.sql`select to_regnamespace('ssot') as schema`).toEqual([{ schema: null }]);
});

test("a view of our name that shows more is refused by its file, until it may be replaced", async () => {
  const { sql } = database;
  await send(files.slice(0, 2));
  await sql`create view public.calls_with_caller_names as select id, status as state from public.calls`;
  await refused(
    files.slice(2, 3),
    "the view public.calls_with_caller_names would lose columns that ours has not: state",
  );
  const allowed = await migrationFiles(1, { replaceView: true });
  await send(allowed.slice(2, 3));
  expect(await sql`select name_source from public.calls_with_caller_names limit 1`).toHaveLength(1);
});

test("triggers that would tell somebody are refused, until they are allowed to fire", async () => {
  await database.sql.unsafe(`
    create table public.told (id uuid);
    create function public.tell() returns trigger language plpgsql as
      'begin insert into public.told values (new.id); return null; end';
    create trigger tell after update on public.calls for each row execute function public.tell()`);
  await refused(files, "calls.tell (AFTER UPDATE)");
  const allowed = await migrationFiles(1, { userTriggers: "fire" });
  await routes["each file pasted into an editor"]?.(database, allowed.slice(0, 1));
  expect(await database.sql`select id from public.told`).toHaveLength(6);
});

test.each([0, 1, 2, 3])(
  "writers wait from the beginning of file %i, so that no row arrives in between",
  async (place) => {
    await routes["all files in one transaction"]?.(database, files.slice(0, place));
    const session = await database.sql.reserve();
    const [beginning] = (files[place]?.sql ?? "").split("/* Step ");
    await session.unsafe(`begin;\n${beginning}`);
    const write = database.sql.begin(async (transaction) => {
      await transaction`set local lock_timeout = '50ms'`;
      await transaction`update public.contacts set name = 'Somebody Else' where name = 'Maya Okafor'`;
    });
    await expect(write).rejects.toMatchObject({ code: "55P03" });
    expect(await database.sql`select name from public.contacts where name = 'Maya Okafor'`).toHaveLength(1);
    await session.unsafe("rollback");
    session.release();
  },
);

test("only the word CONCURRENTLY of an index statement goes, in no name", async () => {
  const expression = /execute (regexp_replace\(statement, .*\));/.exec(files[0]?.sql ?? "")?.[1] ?? "";
  const statements = [
    ["CREATE UNIQUE index concurrently a ON public.t (x)", "CREATE UNIQUE index a ON public.t (x)"],
    ["CREATE index concurrently a ON public.t (x)", "CREATE index a ON public.t (x)"],
    ["drop index concurrently public.a", "drop index public.a"],
    ['create index concurrently "index concurrently b" on t (x)', 'create index "index concurrently b" on t (x)'],
    ['create index "drop index concurrently c" on t (x)', 'create index "drop index concurrently c" on t (x)'],
    ["comment on index a is 'create index concurrently b'", "comment on index a is 'create index concurrently b'"],
  ];
  for (const [given = "", wanted] of statements) {
    const [row] = await database.sql.unsafe(`select ${expression} as done from (values ($1::text)) as v(statement)`, [
      given,
    ]);
    expect(row?.done).toBe(wanted);
  }
});

async function refused(some: readonly PlainFile[], message = "?"): Promise<void> {
  const before = await snapshotDatabase(database.sql);
  await expect(send(some)).rejects.toThrow(message);
  expect(await snapshotDatabase(database.sql)).toBe(before);
}
