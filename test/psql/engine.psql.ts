import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { rollback } from "../../src/core/rollback.ts";
import { engineDirectory } from "../../src/migrations/engine-files.ts";
import { type ChangedFolders, changeEngine } from "../support/changed-engine.ts";
import type { TestDatabase } from "../support/database.ts";
import { rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { loadUpgradeFixture } from "../support/upgrade-fixtures.ts";
import { nextEngine } from "../upgrade/next-engine.ts";
import { blockersIn, snapshotBefore } from "../upgrade/opened.ts";
import { phase1, psql, psqlFile } from "./client-programs.ts";

let database: TestDatabase;
let next: ChangedFolders;

beforeEach(async () => {
  database = await loadUpgradeFixture("migration-4");
  next = await changeEngine(nextEngine);
});

afterEach(async () => {
  await next.remove();
  await database.drop();
});

const install = (folder: string) => psqlFile(database.url, join(folder, "install.sql"));
const engine = async () => (await database.sql`select version, tool, moving from ssot.engine`)[0];

test("psql alone upgrades what 0.1.0 left, once, and the tool takes it back", async () => {
  const { sql, url } = database;
  expect(await install(engineDirectory())).toMatchObject({
    status: 0,
    stderr: expect.not.stringMatching(/ERROR|WARNING/),
  });
  expect(await engine()).toEqual({ version: 2, tool: "psql", moving: false });
  expect(await blockersIn(sql)).toEqual([]);
  const upgraded = await snapshotDatabase(sql);
  expect(await install(engineDirectory())).toMatchObject({ status: 0 });
  expect(await snapshotDatabase(sql)).toBe(upgraded);
  await rollback(rollbackOptions(url));
  expect(await snapshotDatabase(sql)).toBe(await snapshotBefore("migration-4"));
});

test("psql brings the next engine, and an older one is refused, in its own file and in a migration's", async () => {
  const { sql, url } = database;
  expect(await install(next.engineDirectory)).toMatchObject({ status: 0 });
  expect(await engine()).toEqual({ version: 3, tool: "psql", moving: false });
  expect(await blockersIn(sql)).toEqual([]);
  const before = await snapshotDatabase(sql);
  for (const refused of [await install(engineDirectory()), await psql(url, phase1[3])]) {
    expect(refused.status).toBe(3);
    expect(refused.stderr).toContain("the database has engine 3 of ssot psql, which is newer than engine 2");
  }
  expect(await snapshotDatabase(sql)).toBe(before);
});

test("psql puts back routines that somebody changed, and the witness still tells what was done to it", async () => {
  const { sql, url } = database;
  expect(await install(engineDirectory())).toMatchObject({ status: 0 });
  const routines = () => sql`
    select p.oid::regprocedure::text as name, p.prosrc, p.proconfig::text, p.proacl::text
    from pg_catalog.pg_proc as p where p.pronamespace = 'ssot'::regnamespace order by 1`;
  const before = await routines();
  await sql`create or replace function ssot.is_placeholder(name text) returns boolean language sql immutable as 'select false'`;
  await sql`alter table public.calls disable trigger warn_deprecated_writes`;
  await sql`alter table public.calls enable always trigger warn_deprecated_writes`;
  const told = await blockersIn(sql);
  expect(told).not.toEqual([]);
  await sql`drop function ssot.column_pattern(text[])`;

  expect(await install(engineDirectory())).toMatchObject({ status: 0 });
  expect(await routines()).not.toEqual(before);
  expect(await psqlFile(url, join(engineDirectory(), "install.sql"), ["-v", "repair=yes"])).toMatchObject({
    status: 0,
    stderr: expect.not.stringMatching(/ERROR|WARNING/),
  });
  expect(await routines()).toEqual(before);
  expect(await blockersIn(sql)).toHaveLength(told.length);
});
