import postgres from "postgres";
import { expect, test } from "vitest";
import { exportFiles } from "../../src/core/export.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { loadMigrations } from "../../src/migrations/load-migrations.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { drop, ends, mark, openStates, snapshotBefore } from "./opened.ts";

const open = openStates();

/** The file of a migration, and the files of the engine that are to be sent before. */
async function exported(
  name: string,
  phase: 1 | 3,
): Promise<{ readonly engine: readonly string[]; readonly file: string }> {
  const directory = migrationsDirectory();
  const optional = phase === 1 ? ["search"] : [];
  const names = (await loadMigrations(directory)).map((migration) => `${migration.name}.sql`);
  const files = await exportFiles({ directory, format: "supabase", phase, optional });
  const file = files.find((each) => each.name === `${name}.sql`);
  if (file === undefined) throw new Error(`${name} was not exported`);
  return { engine: files.filter((each) => !names.includes(each.name)).map(({ sql }) => sql), file: file.sql };
}

/** Sends each file as one transaction. */
async function send({ url }: TestDatabase, files: readonly string[]): Promise<void> {
  const session = postgres(url, { max: 1, onnotice: () => {} });
  try {
    for (const file of files) await session.unsafe(file);
  } finally {
    await session.end();
  }
}

async function expectUpgraded({ sql }: TestDatabase, last: string): Promise<void> {
  const [engine] = await sql`select version, moving from ssot.engine`;
  expect(engine).toEqual({ version: 2, moving: false });
  const migrations = await loadMigrations(migrationsDirectory());
  const runs = await sql`select name, checksum, finished_at is not null as finished from ssot.run order by name`;
  const names = runs.map(({ name }) => name);
  expect(names).toContain(last);
  expect(runs).toEqual(
    migrations
      .filter(({ name }) => names.includes(name))
      .map(({ name, checksum }) => ({ name, checksum, finished: true })),
  );
}

test.each([
  ["migration-3", mark, 1],
  ["migration-4", "20260209000500_search_indexes", 1],
  ["migration-4", drop, 3],
] as const)("sent over %s, the file %s upgrades the engine and is applied", async (state, name, phase) => {
  const database = await open(state);
  const { engine, file } = await exported(name, phase);
  await send(database, [...engine, file]);
  await expectUpgraded(database, name);
  await ends(database, "status", 0);
  expect(await migrate(migrateOptions(database.url))).toMatchObject({ applied: [] });
  await ends(database, "verify", 0);
  await rollback(rollbackOptions(database.url));
  expect(await snapshotDatabase(database.sql)).toBe(await snapshotBefore(state));
});

test.each([
  ["interrupted-link-calls", "20260209000200_validate_contact_names", 1],
  ["interrupted-drop", drop, 3],
] as const)("sent over %s, a file is refused and changes nothing", async (state, name, phase) => {
  const database = await open(state);
  const { engine, file } = await exported(name, phase);
  await send(database, engine);
  const before = await snapshotDatabase(database.sql);
  await expect(send(database, [file])).rejects.toThrow(/half-way|interrupted/);
  expect(await snapshotDatabase(database.sql)).toBe(before);
});
