import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { generateData } from "../../fixtures/generate.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { type OwnServer, startOwnServer } from "../support/own-server.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";

let server: OwnServer;

beforeEach(async () => {
  server = await startOwnServer({ autovacuum_naptime: "1s", fsync: "off" });
  await generateData(server.sql, { calls: 20_000, contacts: 2_000 });
  await migrate(migrateOptions(server.url, { to: "20260209000300" }));
});

afterEach(() => server.stop());

/**
 * Waits for an autovacuum on calls that would take minutes, with this at the end of what it says it does.
 * Statistics alone would be as slow and hold the table before it: none are taken.
 */
async function occupy(ending: string, more: string): Promise<void> {
  await server.sql.unsafe(`
    alter table public.calls set (autovacuum_vacuum_threshold = 0, autovacuum_vacuum_scale_factor = 0,
      autovacuum_analyze_threshold = 2147483647, autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1
      ${more})`);
  await server.sql`update public.calls set notes = notes`;
  for (;;) {
    const found = await server.sql`
      select from pg_catalog.pg_stat_activity
      where backend_type = 'autovacuum worker' and starts_with(query, 'autovacuum: VACUUM')
        and right(query, length(${ending})) = ${ending}`;
    if (found.length > 0) return;
    await sleep(50);
  }
}

/** What migration 4 does with the usual time-outs, which are as long as the server's own for deadlocks. */
async function markDeprecated() {
  let retries = 0;
  const progress = {
    onRetry: () => {
      retries += 1;
    },
  };
  const error: unknown = await migrate(migrateOptions(server.url, { lockTries: 2, progress })).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return { error, retries };
}

test("an autovacuum in the way gives way within one try", async () => {
  await occupy("public.calls", "");
  const { error, retries } = await markDeprecated();
  expect({ error, retries }).toEqual({ error: undefined, retries: 0 });
  const triggers = await server.sql`select from pg_catalog.pg_trigger where tgname = 'warn_deprecated_writes'`;
  expect(triggers).toHaveLength(1);
}, 120_000);

test("one that keeps a long change from vacuuming its portions gives way, too", async () => {
  const { sql, url } = server;
  await sql.unsafe("alter database postgres set ssot.portion = 5000");
  await rollback(rollbackOptions(url, { all: false, to: "20260209000100" }));
  await occupy("public.calls", "");
  const vacuums = () =>
    sql`select vacuum_count as n from pg_catalog.pg_stat_all_tables where relid = 'public.calls'::regclass`;
  const [before] = await vacuums();
  await rollback(rollbackOptions(url));
  const [after] = await vacuums();
  expect(Number(after?.n) - Number(before?.n)).toBeGreaterThan(1);
}, 120_000);

test("one against wraparound stays: the run ends in time, names it, and goes on when it is gone", async () => {
  await server.sql.unsafe(`
    create temporary table burnt (n integer);
    do $$ begin
      for n in 1 .. 110000 loop
        begin insert into burnt values (n); raise exception 'next'; exception when raise_exception then null; end;
      end loop;
    end $$`);
  await occupy(
    "public.calls (to prevent wraparound)",
    ", autovacuum_freeze_max_age = 100000, autovacuum_freeze_min_age = 0",
  );
  const { error } = await markDeprecated();
  expect(error).toMatchObject({
    code: "LOCK_TIMEOUT",
    message: expect.stringContaining("autovacuum worker"),
    hint: expect.stringContaining("let it end"),
  });
  // Waits behind it, and is done before the next one begins.
  const hurried = server.sql`
    alter table public.calls reset (autovacuum_vacuum_cost_delay, autovacuum_vacuum_cost_limit)`.execute();
  await server.sql`
    select pg_terminate_backend(pid) from pg_catalog.pg_stat_activity where backend_type = 'autovacuum worker'`;
  await hurried;
  expect((await markDeprecated()).error).toBeUndefined();
}, 120_000);
