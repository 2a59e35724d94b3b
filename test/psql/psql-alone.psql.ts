import { afterEach, beforeEach, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { status } from "../../src/core/status.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { standardRows } from "../layouts/layout.ts";
import { otherTexts, telling } from "../layouts/settings.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions, targetOf } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { phase1, phase3, psql } from "./client-programs.ts";
import { loadReadableCase } from "./readable-case.ts";

const databases: TestDatabase[] = [];
let database: TestDatabase;

async function open(): Promise<TestDatabase> {
  const opened = await createTestDatabase();
  databases.push(opened);
  return opened;
}

beforeEach(async () => {
  database = await open();
});

afterEach(async () => {
  for (const opened of databases.splice(0)) await opened.drop();
});

const withoutOwn = ({ sql }: TestDatabase): Promise<string> => snapshotDatabase(sql, { ignoreSchemas: ["ssot"] });

async function apply(
  url: string,
  migrations: readonly string[],
  options: { readonly down?: boolean } = {},
): Promise<void> {
  for (const migration of migrations) {
    const outcome = await psql(url, migration, options);
    expect(outcome, migration).toMatchObject({ status: 0 });
    expect(outcome.stderr).not.toMatch(/ERROR|WARNING/);
  }
}

test("the files write values as ssot reads them, whatever the database has set", async () => {
  const { sql, name, url } = database;
  await sql.unsafe(`${standardRows};${telling};${otherTexts.replaceAll("{database}", name)}`);
  await sql.unsafe(`alter database ${name} set client_encoding = 'LATIN1'`);
  const before = await snapshotDatabase(sql);
  await apply(url, phase1);
  await rollback(rollbackOptions(url));
  expect(await snapshotDatabase(sql)).toBe(before);
});

async function age({ sql }: TestDatabase): Promise<void> {
  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
}

test("the files leave the schema and data that the tool leaves, and status and migrate go on from them", async () => {
  const other = await open();
  await loadReadableCase(database.sql);
  await loadReadableCase(other.sql);
  await apply(database.url, phase1);
  await migrate(migrateOptions(other.url));
  expect(await withoutOwn(database)).toBe(await withoutOwn(other));
  const report = await status({ target: targetOf(database.url), directory: migrationsDirectory() });
  expect(report.migrations.map(({ state }) => state)).toEqual([...phase1.map(() => "applied"), "optional", "held"]);
  expect(report.migrations.every(({ state, appliedAt }) => (appliedAt !== null) === (state === "applied"))).toBe(true);
  expect(await migrate(migrateOptions(database.url))).toMatchObject({ applied: [], caughtUp: 0 });
});

test("up and down with psql alone gives the database back, and schema ssot is gone", async () => {
  await loadReadableCase(database.sql);
  const before = await snapshotDatabase(database.sql);
  await apply(database.url, phase1);
  await apply(database.url, phase1.toReversed(), { down: true });
  expect(await snapshotDatabase(database.sql)).toBe(before);
});

test("each migration can be taken back by itself, and applied again", async () => {
  await loadReadableCase(database.sql);
  for (const [n, migration] of phase1.entries()) {
    const before = await withoutOwn(database);
    await apply(database.url, [migration]);
    await apply(database.url, [migration], { down: true });
    expect(await withoutOwn(database), `${n + 1}`).toBe(before);
    await apply(database.url, [migration]);
  }
});

test("what psql applied the tool takes back, and the other way round", async () => {
  await loadReadableCase(database.sql);
  const before = await snapshotDatabase(database.sql);
  await apply(database.url, phase1);
  await rollback(rollbackOptions(database.url));
  expect(await snapshotDatabase(database.sql)).toBe(before);
  await migrate(migrateOptions(database.url));
  await apply(database.url, phase1.toReversed(), { down: true });
  expect(await snapshotDatabase(database.sql)).toBe(before);
});

test("a file that is applied twice changes nothing more", async () => {
  await loadReadableCase(database.sql);
  await apply(database.url, phase1.slice(0, 1));
  const once = await withoutOwn(database);
  await psql(database.url, phase1[0]);
  expect(await withoutOwn(database)).toBe(once);
});

test("a contact's number that SQL cannot read stops the first file before anything is changed, with the contacts' ids", async () => {
  await loadDirtyCase(database.sql);
  const before = await withoutOwn(database);
  const outcome = await psql(database.url, phase1[0]);
  expect(outcome.status).not.toBe(0);
  expect(outcome.stderr).toMatch(/contacts have a number that cannot be read: c0000000-/);
  expect(await withoutOwn(database)).toBe(before);
});

test("the drop is refused by psql as well while its gate is closed, and changes nothing", async () => {
  await loadReadableCase(database.sql);
  await apply(database.url, phase1);
  const before = await snapshotDatabase(database.sql);
  const outcome = await psql(database.url, phase3);
  expect(outcome.status).not.toBe(0);
  expect(outcome.stderr).toMatch(/may not be dropped: one calendar month after migration 4/);
  expect(await snapshotDatabase(database.sql)).toBe(before);
});

test("the drop and its way back are those of the tool", async () => {
  const other = await open();
  await loadReadableCase(database.sql);
  await loadReadableCase(other.sql);
  for (const each of [database, other]) {
    await apply(each.url, phase1);
    await age(each);
  }
  const columnsIn = (text: string): string => text.replaceAll(/^view .*$/gm, "");
  const before = columnsIn(await withoutOwn(database));
  await apply(database.url, [phase3]);
  await migrate(migrateOptions(other.url, { phase3: true }));
  expect(await withoutOwn(database)).toBe(await withoutOwn(other));
  await apply(database.url, [phase3], { down: true });
  expect(columnsIn(await withoutOwn(database))).toBe(before);
});
