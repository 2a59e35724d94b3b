import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { status } from "../../src/core/status.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { phase1 } from "../support/phase1.ts";
import { migrateOptions, rollbackOptions, targetOf } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { refusalOf } from "./refusal.ts";

const view = "20260209000300_create_calls_view";
const first = "20260209000100_backfill_contact_ids";

let database: TestDatabase;
let directory: string;

beforeEach(async () => {
  database = await createTestDatabase();
  directory = mkdtempSync(join(tmpdir(), "ssot-files-"));
  cpSync(migrationsDirectory(), directory, { recursive: true });
});

afterEach(async () => {
  rmSync(directory, { recursive: true, force: true });
  await database.drop();
});

const file = (name: string): string => join(directory, `${name}.sql`);

function rewrite(name: string, change: (text: string) => string): void {
  writeFileSync(file(name), change(readFileSync(file(name), "utf8")));
}

const stateOf = async (name: string): Promise<string | undefined> => {
  const { migrations } = await status({ target: targetOf(database.url), directory });
  return migrations.find((migration) => migration.name === name)?.state;
};

test("a file that was changed since it was applied stops migrate and rollback, by its name", async () => {
  await migrate(migrateOptions(database.url, { directory }));
  rewrite(view, (text) => text.replace("'Unknown')", "'Nobody')"));
  expect(await stateOf(view)).toBe("changed");
  for (const start of [
    () => migrate(migrateOptions(database.url, { directory })),
    () => rollback(rollbackOptions(database.url, { directory })),
  ]) {
    const error = await refusalOf(database, start);
    expect(error.code).toBe("MIGRATION_CHANGED");
    expect(exitCodeOf(error)).toBe(4);
    expect(error.message).toContain(view);
  }
});

test("a file that is gone since it was applied stops migrate and rollback, by its name", async () => {
  await migrate(migrateOptions(database.url, { directory }));
  rmSync(file(view));
  expect(await stateOf(view)).toBe("missing");
  for (const start of [
    () => migrate(migrateOptions(database.url, { directory })),
    () => rollback(rollbackOptions(database.url, { directory })),
  ]) {
    const error = await refusalOf(database, start);
    expect(error.code).toBe("MIGRATION_CHANGED");
    expect(error.message).toContain(view);
  }
});

test("other line endings, trailing blanks and a blank end are no change, and run as well", async () => {
  const { sql, url } = database;
  await loadDirtyCase(sql);
  const before = await snapshotDatabase(sql);
  await migrate(migrateOptions(url));
  const migrated = await snapshotDatabase(sql, { ignoreSchemas: ["ssot"] });
  for (const name of readdirSync(directory).filter((name) => name.endsWith(".sql"))) {
    rewrite(name.slice(0, -4), (text) => `${text.replaceAll(/[;,]$/gm, "$& \t").replaceAll("\n", "\r\n")}\r\n  \r\n`);
  }
  expect(await stateOf(view)).toBe("applied");
  await rollback(rollbackOptions(url, { directory }));
  expect(await snapshotDatabase(sql)).toBe(before);
  await migrate(migrateOptions(url, { directory }));
  expect(await snapshotDatabase(sql, { ignoreSchemas: ["ssot"] })).toBe(migrated);
});

const broken: readonly (readonly [what: string, make: () => void, told: string])[] = [
  ["two files with the same digits", () => cpSync(file(view), file("20260209000300_twin")), "20260209000300"],
  ["a badly named file", () => cpSync(file(view), file("add-more")), "add-more.sql"],
  ["a file with too few digits", () => renameSync(file(view), file("20260209_create_calls_view")), "20260209_create"],
  ["a file without Down", () => rewrite(view, (text) => text.slice(0, text.indexOf("-- Down Migration"))), view],
  ["a file without Up", () => rewrite(view, (text) => text.replace("-- Up Migration", "")), view],
  ["an empty file", () => rewrite(view, () => ""), view],
  ["a file without its phase", () => rewrite(view, (text) => text.replace("-- Phase: 1\n", "")), view],
  [
    "SQL above the first step",
    () => rewrite(view, (t) => t.replace("-- step: create_view", "select 1;\n$&")),
    "select 1;",
  ],
  [
    "two steps of one name",
    () => rewrite(view, (t) => t.replace(/-- step: create_view[\s\S]*?commit;\n/, "$&\n$&")),
    view,
  ],
  ["a step that hides its lock", () => rewrite(view, (t) => t.replace(/^-- lock: .*\n/m, "")), "create_view"],
  [
    "a step with a role that there is not",
    () => rewrite(view, (t) => t.replace(/^-- lock: /m, "-- role: swap\n$&")),
    "swap",
  ],
  [
    "a step that asks for a variable that there is not",
    () => rewrite(view, (t) => t.replace("begin;", "begin;\nselect :commit;")),
    ":commit",
  ],
  ["no step that catches up", () => rewrite(first, (t) => t.replaceAll(/^-- role: catch-up\n/gm, "")), "catch-up"],
  [
    "a catch-up that links nothing",
    () => rewrite(first, (t) => t.replace(/^-- role: catch-up\n(?=-- rows: callsLinked)/m, "")),
    "catch-up",
  ],
  [
    "a step that records and does not say so",
    () => rewrite(first, (t) => t.replace("-- role: record\n", "")),
    "record",
  ],
  [
    "a list of released texts that is none",
    () => writeFileSync(join(directory, "released.json"), "[1]"),
    "released.json",
  ],
  ["a folder that is not there", () => rmSync(directory, { recursive: true }), "cannot be read"],
];

test.each(broken)("%s: nothing is run", async (_, make, told) => {
  make();
  const error = await refusalOf(database, () => migrate(migrateOptions(database.url, { directory })));
  expect(error.code).toBe("MIGRATION_FILES");
  expect(exitCodeOf(error)).toBe(4);
  expect(error.message).toContain(told);
});

test("files that are no migrations are passed over", async () => {
  writeFileSync(join(directory, "README.md"), "read me");
  writeFileSync(join(directory, ".20260209000300_twin.sql.swp"), "");
  writeFileSync(join(directory, ".hidden.sql"), "select 1;");
  const report = await migrate(migrateOptions(database.url, { directory }));
  expect(report.applied.map(({ name }) => name)).toEqual(phase1);
  const ledger = await database.sql<{ name: string }[]>`select name from ssot.ledger order by name`;
  expect(ledger.map(({ name }) => name)).toEqual(phase1);
});
