import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditDeprecated } from "../../src/core/audit/audit-deprecated.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { status } from "../../src/core/status.ts";
import { differences } from "../crash/differences.ts";
import { errorOf } from "../faults/refusal.ts";
import { type Replication, startReplication } from "../support/replication.ts";
import { migrateOptions, rollbackOptions, targetOf } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

let replication: Replication;
let primary: postgres.Sql;
let standby: postgres.Sql;

// The standby asks for consideration of its queries, and never cancels one: the replica that a run could wait for longest.
beforeAll(async () => {
  replication = await startReplication({ hot_standby_feedback: "on", max_standby_streaming_delay: "-1" });
  primary = postgres(replication.primary, { max: 2, onnotice: () => {} });
  standby = postgres(replication.standby, { max: 2, onnotice: () => {} });
});

afterAll(async () => {
  await Promise.all([primary?.end(), standby?.end()]);
  await replication?.stop();
});

const outside = { ignoreSchemas: ["ssot"] };

/** What the tool keeps, a hash a table. A standby has no rows of an unlogged one. */
const kept = (sql: postgres.Sql) => sql`
  select c.relname as name, md5(query_to_xml(format('select t::text from ssot.%I as t order by 1', c.relname), true, true, '')::text) as rows
  from pg_catalog.pg_class as c
  where c.relnamespace = to_regnamespace('ssot') and c.relkind = 'r' and c.relpersistence = 'p' order by 1`;

async function expectEqualServers(): Promise<void> {
  await replication.waitUntilCaughtUp();
  expect(differences(await snapshotDatabase(primary, outside), await snapshotDatabase(standby, outside))).toEqual([]);
  expect(await kept(standby)).toEqual(await kept(primary));
}

/** Holds a query open on the standby, as a long report does, while the work is done. */
async function whileReading<T>(text: string, work: () => Promise<T>): Promise<T> {
  const reader = postgres(replication.standby, { max: 1, onnotice: () => {} });
  const session = await reader.reserve();
  try {
    await session.unsafe(`begin isolation level repeatable read; ${text}`);
    return await work();
  } finally {
    await session.unsafe("rollback");
    session.release();
    await reader.end();
  }
}

test("migrate and rollback are refused on a standby, which stays as it was", async () => {
  const before = await snapshotDatabase(standby);
  for (const start of [
    () => migrate(migrateOptions(replication.standby)),
    () => rollback(rollbackOptions(replication.standby)),
  ]) {
    const error = await errorOf(start());
    expect(error).toMatchObject({ code: "PREFLIGHT", message: "this server is a standby and can only be read" });
  }
  expect(await snapshotDatabase(standby)).toBe(before);
});

test("a run does not wait for a standby's reader; the standby waits, then equals the primary", async () => {
  const original = await snapshotDatabase(primary);
  await whileReading("select count(*) from public.calls", () => migrate(migrateOptions(replication.primary)));
  await expectEqualServers();

  await primary`update ssot.ledger set run_on = run_on - interval '32 days'`;
  await replication.waitUntilCaughtUp();
  await whileReading("select count(*) from public.calls_with_caller_names", async () => {
    await migrate(migrateOptions(replication.primary, { phase3: true }));
    // The drop's lock is replayed too, and stands behind the reader.
    expect(await replication.isCaughtUp()).toBe(false);
    const [still] = await standby`
      select count(*)::integer as n from pg_catalog.pg_attribute as a
      where a.attrelid = 'public.calls'::regclass and a.attname in ('caller_name', 'from_number') and not a.attisdropped`;
    expect(still?.n).toBe(2);
  });
  await expectEqualServers();

  await whileReading("select count(*) from public.calls", () => rollback(rollbackOptions(replication.primary)));
  await expectEqualServers();
  expect(differences(original, await snapshotDatabase(primary))).toEqual([]);
});

test("status and the audit tell on a standby what they tell on the primary", async () => {
  await migrate(migrateOptions(replication.primary));
  await primary`update public.calls set caller_name = 'x' where vapi_call_id = 'vapi-seed-01'`;
  await replication.waitUntilCaughtUp();
  const { directory } = migrateOptions(replication.primary);
  const statusOf = (url: string) => status({ target: targetOf(url), directory });
  expect(await statusOf(replication.standby)).toEqual(await statusOf(replication.primary));
  const since = new Date(0);
  const auditOf = (url: string) => auditDeprecated({ target: targetOf(url), since, limit: 20 });
  const [there, here] = [await auditOf(replication.standby), await auditOf(replication.primary)];
  expect(there.writes).toEqual(here.writes);
  expect(there.writes.total).toBe(1);
  expect(there.witness).toEqual(here.witness);
  expect(there.dependents).toEqual(here.dependents);
  expect(there.phase3).toEqual(here.phase3);
});
