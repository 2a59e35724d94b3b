import postgres from "postgres";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { rollback } from "../../src/core/rollback.ts";
import { differences } from "../crash/differences.ts";
import { errorOf } from "../faults/refusal.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { partitionCalls, partitionCount } from "../support/partitioned-calls.ts";
import { phase1AndOptional } from "../support/phase1.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await partitionCalls(database.sql);
});

afterEach(() => database.drop());

/** The indexes of one name: whether the table's own is valid, and how many of the partitions' are attached, or not. */
async function indexState({ sql }: TestDatabase, name: string) {
  const [row] = await sql<{ whole: boolean | null; attached: number; loose: number }[]>`
    select (select x.indisvalid from pg_catalog.pg_index as x where x.indexrelid = to_regclass('public.' || ${name}::text)) as whole,
           count(*) filter (where c.relispartition)::integer as attached,
           count(*) filter (where not c.relispartition)::integer as loose
    from pg_catalog.pg_class as c where c.relkind = 'i' and c.relname like ${`${name}_calls_p%`}`;
  return row;
}

test("the dirty database is migrated as planned, search included, and rolled back to where it was", async () => {
  const { sql, url } = database;
  await loadDirtyCase(sql);
  const before = await snapshotDatabase(sql);
  const planned = await plan(migrateOptions(url, { optional: ["search"] }));
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
  const report = await migrate(migrateOptions(url, { optional: ["search"] }));
  expect(report.applied.map(({ name }) => name)).toEqual(phase1AndOptional);
  expect(report.applied.map(({ effects }) => effects)).toEqual(planned.pending.map(({ effects }) => effects));
  for (const name of ["idx_calls_contact_id", "idx_calls_search_number", "idx_calls_search_contact"]) {
    expect(await indexState(database, name)).toEqual({ whole: true, attached: partitionCount, loose: 0 });
  }
  const taken = await rollback(rollbackOptions(url));
  expect(taken.rolledBack.filter(({ kept }) => Object.keys(kept).length > 0)).toEqual([]);
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
});

test("somebody's partitioned index of the name is set aside, and back after a rollback", async () => {
  const { sql, url } = database;
  await loadDirtyCase(sql);
  await sql`create index idx_calls_contact_id on public.calls (contact_id, created_at)`;
  await migrate(migrateOptions(url));
  expect(await indexState(database, "idx_calls_contact_id")).toEqual({
    whole: true,
    attached: partitionCount,
    loose: 0,
  });
  await rollback(rollbackOptions(url));
  const [back] = await sql`
    select pg_get_indexdef(x.indexrelid) as definition, x.indisvalid as valid from pg_catalog.pg_index as x
    where x.indexrelid = 'public.idx_calls_contact_id'::regclass`;
  expect(back).toMatchObject({ valid: true });
  expect(back?.definition).toContain("(contact_id, created_at)");
});

test("a build that was cut off after any of its statements goes on, and is taken back whole", async () => {
  const { sql, url } = database;
  await loadDirtyCase(sql);
  await migrate(migrateOptions(url));
  const run = postgres(url, { max: 1, onnotice: () => {}, connection: { search_path: "" } });
  const name = "idx_calls_contact_id";
  const definition = `CREATE INDEX ${name} ON public.calls USING btree (contact_id)`;
  const make = () =>
    run<
      { statement: string }[]
    >`select ssot.make_index('20260209000100_backfill_contact_ids', ${name}, ${definition}) as statement`;
  const unmake = () => run<{ statement: string }[]>`select ssot.unmake_index(${name}) as statement`;
  const send = async (rows: readonly { statement: string }[]): Promise<void> => {
    for (const { statement } of rows) await run.unsafe(statement);
  };
  try {
    await send(await unmake());
    const all = (await make()).length;
    // One for the table, then one a partition to build, and one to attach.
    expect(all).toBe(1 + 2 * partitionCount);
    for (let done = 0; done <= all; done += 1) {
      await send((await make()).slice(0, done));
      // What a build that was cancelled half-way leaves.
      if (done > 1 && done <= partitionCount) {
        await sql.unsafe(
          `update pg_index set indisvalid = false where indexrelid = 'public.${name}_calls_p0'::regclass`,
        );
      }
      if (done % 2 === 1) {
        await send(await make());
        expect(await indexState(database, name)).toEqual({ whole: true, attached: partitionCount, loose: 0 });
      }
      await send(await unmake());
      expect(await indexState(database, name)).toEqual({ whole: null, attached: 0, loose: 0 });
    }
  } finally {
    await run.end();
  }
});

test("a table that is partitioned twice is indexed down to its leaves", async () => {
  const { sql, url } = database;
  await sql.unsafe(`
    drop table public.calls_p3;
    create table public.calls_p3 partition of public.calls for values with (modulus 4, remainder 3) partition by hash (org_id);
    create table public.calls_p3_a partition of public.calls_p3 for values with (modulus 2, remainder 0);
    create table public.calls_p3_b partition of public.calls_p3 for values with (modulus 2, remainder 1)`);
  await loadDirtyCase(sql);
  const before = await snapshotDatabase(sql);
  await migrate(migrateOptions(url));
  const [built] = await sql`
    select bool_and(x.indisvalid) as valid, count(*)::integer as n
    from pg_partition_tree('public.idx_calls_contact_id') as t join pg_catalog.pg_index as x on x.indexrelid = t.relid`;
  expect(built).toEqual({ valid: true, n: 7 });
  await rollback(rollbackOptions(url));
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
});

test("an index of the table, which cannot be dropped CONCURRENTLY, does not keep readers waiting for minutes", async () => {
  const { sql, url } = database;
  await loadDirtyCase(sql);
  const before = await snapshotDatabase(sql);
  await migrate(migrateOptions(url, { to: "20260209000100" }));
  const reader = await sql.reserve();
  await reader.unsafe("begin; select count(*) from public.calls");
  const error = await errorOf(rollback(rollbackOptions(url, { lockTimeoutMs: 100, lockTries: 2 })));
  expect(error).toMatchObject({ code: "LOCK_TIMEOUT" });
  expect(error.message).toContain("step idx_calls_contact_id");
  await reader.unsafe("commit");
  reader.release();
  await rollback(rollbackOptions(url));
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
});
