import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { pruneAudit } from "../../src/core/audit/prune-audit.ts";
import { rebaseline } from "../../src/core/audit/rebaseline.ts";
import { finalize, planFinalize } from "../../src/core/finalize.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { planRollback } from "../../src/core/plan-rollback.ts";
import { rollback } from "../../src/core/rollback.ts";
import { engineDirectory } from "../../src/migrations/engine-files.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { refusalOf } from "../faults/refusal.ts";
import { withRole } from "../promises/migrated-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { phase1 } from "../support/phase1.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

let database: TestDatabase;
let next: string;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadSeedCase(database.sql);
  next = mkdtempSync(join(tmpdir(), "ssot-engine-"));
  cpSync(engineDirectory(), next, { recursive: true });
  change("install.sql", (text) => text.replace(/^\\set engine_version \d+$/m, "\\set engine_version 1000"));
});

afterEach(async () => {
  rmSync(next, { recursive: true });
  await database.drop();
});

/** Of the engine that comes next. */
function change(file: string, how: (text: string) => string): void {
  writeFileSync(join(next, file), how(readFileSync(join(next, file), "utf8")));
}

const present = async () => (await database.sql`select version, moving from ssot.engine`)[0];
const ours = () => migrateOptions(database.url);
const theirs = () => migrateOptions(database.url, { engineDirectory: next });

test("a newer engine is installed once, takes everything back, and stops whoever does not know it", async () => {
  const { sql, url } = database;
  const before = await snapshotDatabase(sql);
  await migrate(ours());
  change("bookkeeping/run.sql", (text) => `${text}\nalter table ssot.run add column if not exists note text;\n`);
  expect(await migrate(theirs())).toMatchObject({ applied: [], caughtUp: 0 });
  expect(await present()).toEqual({ version: 1000, moving: false });
  expect(await sql`select note from ssot.run`).toHaveLength(phase1.length);

  const commands = [migrate, plan, finalize, planFinalize, pruneAudit, rebaseline];
  for (const start of [
    ...commands.map((command) => () => command(ours())),
    () => rollback(rollbackOptions(url)),
    () => planRollback(rollbackOptions(url)),
  ]) {
    const error = await refusalOf(database, start);
    expect(error).toMatchObject({ code: "ENGINE_NEWER", message: expect.stringMatching(/engine 1000 .* engine 2$/) });
    expect(exitCodeOf(error)).toBe(3);
  }
  await rollback(rollbackOptions(url, { engineDirectory: next }));
  expect(await snapshotDatabase(sql)).toBe(before);
});

test("an upgrade that gets no lock leaves the engine that was there, and says who was in the way", async () => {
  const { sql } = database;
  await migrate(ours());
  const session = await sql.reserve();
  await session.unsafe("begin; lock table public.calls in row exclusive mode");
  const error = await refusalOf(database, () => migrate({ ...theirs(), lockTimeoutMs: 50, lockTries: 2 }));
  expect(error).toMatchObject({
    code: "LOCK_TIMEOUT",
    message: expect.stringMatching(/blocked by pid \d+.*nothing was/),
  });
  await session.unsafe("rollback");
  session.release();
  await migrate(theirs());
  expect(await present()).toEqual({ version: 1000, moving: false });
});

test("an engine that cannot be installed is none, and the error names its file", async () => {
  change("bookkeeping/tally.sql", (text) => text.replace("bigint", "bigger"));
  const error = await refusalOf(database, () => migrate(theirs()));
  expect(error).toMatchObject({
    code: "MIGRATION_FAILED",
    message: expect.stringMatching(/"bigger".*sql\/bookkeeping\/tally\.sql.*nothing was changed/),
  });
});

test.each([
  ["without a number", "install.sql", /^\\set engine_version .*$/m, "install.sql"],
  ["with a file that is not there", "install.sql", /tally\.sql/, "tallies.sql"],
  ["with psql's commands inside", "bookkeeping/tally.sql", /^create/m, "bookkeeping/tally.sql"],
])("a folder %s is no engine, and nothing is run", async (_, file, where, told) => {
  change(file, (text) => text.replace(where, file === "install.sql" ? (told === file ? "" : told) : "\\echo\ncreate"));
  const error = await refusalOf(database, () => migrate(theirs()));
  expect(error).toMatchObject({ code: "MIGRATION_FILES", message: expect.stringContaining(told) });
});

test("a failed run tells what it applied, what failed, and what it did not come to", async () => {
  // What is tried beforehand does not meet it: the second migration is applied first.
  await database.sql.unsafe(`
    create function public.no_view() returns event_trigger language plpgsql as $$ begin
      if exists (select from pg_catalog.pg_constraint as k where k.conname = 'contacts_name_must_be_real') then
        raise exception 'no views here';
      end if;
    end $$;
    create event trigger no_view on ddl_command_start when tag in ('CREATE VIEW') execute function public.no_view()`);
  await migrate(migrateOptions(database.url, { to: "20260209000100" }));
  await expect(migrate(ours())).rejects.toMatchObject({
    details: {
      applied: ["20260209000200_validate_contact_names"],
      failed: "20260209000300_create_calls_view",
      notRun: phase1.slice(phase1.indexOf("20260209000300_create_calls_view") + 1),
    },
  });
  await database.sql.unsafe("drop event trigger no_view");
});

test("a superuser does not work in a schema that somebody else made", async () => {
  await withRole(database.sql, "nosuperuser", async (role) => {
    await database.sql.unsafe(`create schema ssot authorization ${role}`);
    for (const start of [
      () => migrate(ours()),
      () => rollback(rollbackOptions(database.url)),
      () => finalize(ours()),
    ]) {
      const error = await refusalOf(database, start);
      expect(error).toMatchObject({ code: "PREFLIGHT", message: expect.stringContaining(`belongs to role ${role}`) });
    }
    await database.sql.unsafe("drop schema ssot");
  });
});
