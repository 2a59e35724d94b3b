import postgres from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { doctor } from "../../src/core/doctor.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { planRollback } from "../../src/core/plan-rollback.ts";
import { rollback } from "../../src/core/rollback.ts";
import { status } from "../../src/core/status.ts";
import { verify } from "../../src/core/verify.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { differences } from "../crash/differences.ts";
import { refusalOf } from "../faults/refusal.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { phase1, statesWith } from "../support/phase1.ts";
import { migrateOptions, rollbackOptions, targetOf } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { statusesOf, verifyOptions } from "../verify/healthy-case.ts";
import { type Pooler, startPooler } from "./pgbouncer.ts";

let database: TestDatabase;
let pooler: Pooler;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadSeedCase(database.sql);
});

afterEach(async () => {
  await pooler.stop();
  await database.drop();
});

const directory = migrationsDirectory();

/** What another client of the pooler finds on each server process that it is lent. */
async function settingsOfOthers(url: string): Promise<readonly string[]> {
  const sql = postgres(url, { max: 4, prepare: false, fetch_types: false });
  const look = () =>
    sql.begin(async (tx) => {
      await tx`select pg_sleep(0.05)`;
      const [row] = await tx`
        select concat_ws(' ', current_setting('search_path'), current_setting('timezone'), current_setting('statement_timeout'),
                         current_setting('default_transaction_read_only')) as line`;
      return String(row?.line);
    });
  const lines = await Promise.all([look(), look(), look(), look()]);
  await sql.end();
  return [...new Set(lines)];
}

test.each([1, 5])(
  "behind PgBouncer in transaction mode with %i server processes a run is refused, looking works, and others notice nothing",
  async (size) => {
    pooler = await startPooler(database.url, "transaction", size);
    const { url } = pooler;
    const before = await settingsOfOthers(url);
    expect(before).toHaveLength(1);
    for (const start of [() => migrate(migrateOptions(url)), () => rollback(rollbackOptions(url))]) {
      const error = await refusalOf(database, start);
      expect(error.code).toBe("POOLER");
      expect(exitCodeOf(error)).toBe(3);
      expect(error.hint).toContain("direct URL");
    }
    for (const round of [1, 2]) {
      expect(await status({ target: targetOf(url), directory })).toEqual(
        await status({ target: targetOf(database.url), directory }),
      );
      const planned = await plan(migrateOptions(url));
      const direct = await plan(migrateOptions(database.url));
      expect({ ...planned, target: "", notTried: [] }).toEqual({ ...direct, target: "", notTried: [] });
      expect(await planRollback(rollbackOptions(url))).toEqual(await planRollback(rollbackOptions(database.url)));
      const report = await doctor({ target: targetOf(url) });
      expect(report.checks.filter((check) => check.status === "problem").map(({ id }) => id)).toEqual(["pooler"]);
      expect(report.checks.filter(({ detail }) => detail.includes("could not be looked at"))).toEqual([]);
      const proven = await verify(await verifyOptions(url));
      expect([...statusesOf(proven)]).toEqual([...statusesOf(await verify(await verifyOptions(database.url)))]);
      expect(proven.counts.error).toBe(0);
      expect(await settingsOfOthers(url)).toEqual(before);
      if (round === 1) await migrate(migrateOptions(database.url));
    }
  },
);

test("behind PgBouncer in session mode everything works, and a rollback ends where it began", async () => {
  pooler = await startPooler(database.url, "session", 10);
  const { url } = pooler;
  const before = await snapshotDatabase(database.sql);
  expect((await doctor({ target: targetOf(url) })).ok).toBe(true);
  const { applied } = await migrate(migrateOptions(url));
  expect(applied.map(({ name }) => name)).toEqual(phase1);
  const { migrations } = await status({ target: targetOf(database.url), directory });
  expect(migrations.map(({ state }) => state)).toEqual(statesWith("applied"));
  await rollback(rollbackOptions(url));
  expect(differences(before, await snapshotDatabase(database.sql))).toEqual([]);
});
