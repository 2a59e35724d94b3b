import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pruneAudit } from "../../src/core/audit/prune-audit.ts";
import { rebaseline } from "../../src/core/audit/rebaseline.ts";
import { finalize } from "../../src/core/finalize.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { connect } from "../../src/db/connection.ts";
import { loadEngine } from "../../src/migrations/engine-files.ts";
import { ensureEngine } from "../../src/migrations/install-engine.ts";
import { loadMigrations } from "../../src/migrations/load-migrations.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { readVersion } from "../../src/model/version.ts";
import { type ChangedFolders, changeEngine } from "../support/changed-engine.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions, targetOf } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { nextEngine } from "./next-engine.ts";
import { blockersIn, openStates, snapshotBefore } from "./opened.ts";

const open = openStates();
let next: ChangedFolders;

beforeAll(async () => {
  next = await changeEngine(nextEngine);
});

afterAll(() => next.remove());

const byNext = ({ url }: TestDatabase) => migrateOptions(url, { engineDirectory: next.engineDirectory });

async function errorOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    () => undefined,
    (error: unknown) => error,
  );
}

/** A database of 0.1.0, brought to this engine and then to the next. */
async function openNext(): Promise<TestDatabase> {
  const database = await open("migration-4");
  await migrate(migrateOptions(database.url));
  await migrate(byNext(database));
  return database;
}

describe.each([
  ["by way of this engine", true],
  ["at once from 0.1.0", false],
] as const)("the next engine, %s", (_, byThis) => {
  test("comes with migrate; the witness, its month and the counts stay, and all can be taken back", async () => {
    const database = await open("migration-4");
    const { sql, url } = database;
    if (byThis) await migrate(migrateOptions(url));
    const dates = await sql`select name, run_on from ssot.ledger order by name`;
    const counts = await sql`select what, direction, n from ssot.tally order by what, direction`;
    expect(await migrate(byNext(database))).toMatchObject({ applied: [], caughtUp: 0 });
    const [engine] =
      await sql`select version, tool, moving, fingerprint = ssot.fingerprint() as whole from ssot.engine`;
    expect(engine).toEqual({ version: 3, tool: readVersion(), moving: false, whole: true });
    expect((await sql`select ssot.who() as who`)[0]?.who).toMatch(/ \(next\)$/);
    expect(
      await sql`select p.pronamespace::regnamespace::text as schema from pg_proc as p where p.prosrc like '%/* next */%' order by 1`,
    ).toEqual([{ schema: "public" }, { schema: "ssot" }]);
    expect(
      await sql`select what, direction, n from ssot.tally where counted_at is null order by what, direction`,
    ).toEqual(counts);
    expect(await sql`select name, run_on from ssot.ledger order by name`).toEqual(dates);
    expect(await sql`select kind, name, problem from ssot.witness_problems()`).toEqual([]);
    expect(await blockersIn(sql)).toEqual([]);

    await sql`update public.calls set caller_name = 'somebody' where vapi_call_id = 'call-1001'`;
    const [seen] = await sql`select role_name from public.deprecated_column_audit order by detected_at desc limit 1`;
    expect(seen?.role_name).toMatch(/ \(next\)$/);
    await sql`update public.calls set caller_name = 'Maya Okafor' where vapi_call_id = 'call-1001'`;
    await rollback(rollbackOptions(url, { engineDirectory: next.engineDirectory }));
    expect(await snapshotDatabase(sql)).toBe(await snapshotBefore("migration-4"));
  });
});

test("tampering before this engine came is still a reason under the next", async () => {
  const database = await open("migration-4");
  const { sql, url } = database;
  await sql`alter table public.calls disable trigger warn_deprecated_writes`;
  await migrate(migrateOptions(url, { verify: false }));
  await sql`alter function ssot.see_column cost 101`;
  const reasons = ["trigger warn_deprecated_writes was disabled when the engine was upgraded"];
  await migrate({ ...byNext(database), verify: false });
  expect(await blockersIn(sql)).toEqual([
    expect.stringMatching(/^function see_column was not as it was sworn in when the engine was upgraded/),
    ...reasons,
  ]);
});

test("this tool refuses to change a database of the next engine, names both, and changes nothing", async () => {
  const database = await openNext();
  const { sql, url } = database;
  const before = await snapshotDatabase(sql);
  const ours = migrateOptions(url);
  for (const work of [
    () => migrate(ours),
    () => migrate({ ...ours, phase3: true }),
    () => rollback(rollbackOptions(url)),
    () => finalize(ours),
    () => pruneAudit(ours),
    () => rebaseline(ours),
  ]) {
    const error = await errorOf(work());
    expect(error).toMatchObject({
      code: "ENGINE_NEWER",
      message: `the database has engine 3 of ssot ${readVersion()}, this is ssot ${readVersion()} with engine 2`,
      hint: expect.stringContaining("Nothing was changed."),
    });
    expect(exitCodeOf(error)).toBe(3);
  }
  expect(await snapshotDatabase(sql)).toBe(before);
});

test("a changed file of the story that was applied is refused as before, and brings no engine", async () => {
  const changed = await changeEngine([
    ...nextEngine,
    {
      file: "migrations/20260209000300_create_calls_view.sql",
      from: "-- Up Migration\n",
      to: "-- Up Migration\n-- more\n",
    },
  ]);
  const database = await open("migration-4");
  try {
    await migrate(migrateOptions(database.url));
    const before = await snapshotDatabase(database.sql);
    const error = await errorOf(migrate({ ...byNext(database), ...changed }));
    expect(error).toMatchObject({ code: "MIGRATION_CHANGED", message: expect.stringContaining("_create_calls_view") });
    expect(exitCodeOf(error)).toBe(4);
    expect(await snapshotDatabase(database.sql)).toBe(before);
  } finally {
    await changed.remove();
  }
});

test("an engine that is there costs one query", async () => {
  const { url } = await openNext();
  const sent: string[] = [];
  const connection = await connect(targetOf(url), { onQuery: (text) => sent.push(text) });
  try {
    const engine = await loadEngine(next.engineDirectory);
    const migrations = await loadMigrations(migrationsDirectory());
    sent.length = 0;
    const blockers = { cancel: () => {}, lastSeen: () => [], now: () => [], stop: async () => {} };
    await ensureEngine(connection, engine, migrations, { lockTimeoutMs: 1000, lockTries: 1, blockers });
    expect(sent).toHaveLength(1);
  } finally {
    await connection.close();
  }
});
