import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { createDirtyDatabase } from "../crash/equal-databases.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { errorOf } from "./refusal.ts";

const hasty = { lockTimeoutMs: 300, lockTries: 3 };

/** What pg_locks told while a run tried to get at a table that somebody reads and never lets go. */
interface Seen {
  /** The run's requests: when each began to wait, and for which lock. */
  readonly requests: Set<string>;
  /** Live readers that stood in the queue behind such a request. */
  readonly behind: Set<string>;
  /** Reads of live readers that came to their end meanwhile. */
  reads: number;
}

let database: TestDatabase;

beforeEach(async () => {
  database = await createDirtyDatabase();
});

afterEach(() => database.drop());

async function watch(table: string, seen: Seen, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    const rows = await database.sql<{ ours: boolean; request: string; behind: boolean }[]>`
      select a.application_name = 'ssot' as ours, format('%s %s %s', l.pid, l.mode, l.waitstart) as request,
             exists (select from unnest(pg_blocking_pids(l.pid)) as b(pid)
                     join pg_catalog.pg_stat_activity as o on o.pid = b.pid and o.application_name = 'ssot') as behind
      from pg_catalog.pg_locks as l
      join pg_catalog.pg_stat_activity as a on a.pid = l.pid
      where l.relation = ${table}::regclass and not l.granted and l.waitstart is not null`;
    for (const { ours, request, behind } of rows) {
      if (ours) seen.requests.add(request);
      else if (behind) seen.behind.add(request);
    }
    await sleep(10);
  }
}

async function read(table: string, seen: Seen, isOver: () => boolean): Promise<void> {
  const reader = await database.sql.reserve();
  while (!isOver()) {
    await reader.unsafe(`select count(*) from ${table}`);
    seen.reads += 1;
    await sleep(5);
  }
  reader.release();
}

test.each<[string, string, (url: string) => Promise<unknown>]>([
  ["migrate", "public.contacts", (url) => migrate(migrateOptions(url, hasty))],
  ["migrate --phase 3", "public.calls", (url) => migrate(migrateOptions(url, { ...hasty, phase3: true }))],
  ["rollback", "public.calls", (url) => rollback(rollbackOptions(url, hasty))],
])("%s gives its place in the queue for %s up again and again, so that live reads go on", async (name, table, run) => {
  const { sql, url } = database;
  if (name !== "migrate") {
    await migrate(migrateOptions(url));
    await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  }
  const holder = await sql.reserve();
  await holder.unsafe(`begin; select from ${table} limit 1`);
  const seen: Seen = { requests: new Set(), behind: new Set(), reads: 0 };
  let over = false;
  const isOver = (): boolean => over;
  const watching = Promise.all([watch(table, seen, isOver), read(table, seen, isOver)]);
  const error = await errorOf(run(url));
  over = true;
  // The reader has never let go: every live read that is at its end got by although the run wanted the table.
  await watching;
  await holder`rollback`;
  holder.release();
  expect(error.code).toBe("LOCK_TIMEOUT");
  expect(seen.requests.size).toBe(hasty.lockTries);
  expect(seen.behind.size).toBeGreaterThan(0);
  expect(seen.reads).toBeGreaterThan(seen.behind.size);
});

test("what waits for others anywhere may wait for minutes, everything else for its lock_timeout", async () => {
  const { sql, url } = database;
  const waits: { readonly text: string; readonly timeout: string }[] = [];
  let timeout = "none";
  const onSql = (text: string): void => {
    const set = /^set (?:local )?lock_timeout = (\d+)$/.exec(text);
    if (set?.[1] !== undefined) timeout = set[1];
    else if (timeout !== "none" && !/^(begin|commit|rollback|insert into ssot\.run)/.test(text))
      waits.push({ text, timeout });
  };
  const progress = { onSql };
  await migrate(migrateOptions(url, { progress, lockTimeoutMs: 999 }));
  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  await migrate(migrateOptions(url, { progress, lockTimeoutMs: 999, phase3: true }));
  await rollback(rollbackOptions(url, { progress, lockTimeoutMs: 999 }));
  const isLong = (text: string): boolean =>
    /^(create|drop)( unique)? index concurrently|^alter table .* validate constraint/i.test(text);
  expect(waits.filter(({ text }) => isLong(text)).length).toBeGreaterThan(6);
  expect(waits.filter(({ text, timeout }) => isLong(text) && timeout !== "300000")).toEqual([]);
  const exclusive = /^\s*(alter table|drop table|drop view|create trigger|drop trigger|lock table)/im;
  const short = waits.filter(({ text }) => exclusive.test(text) && !isLong(text));
  expect(short.length).toBeGreaterThan(10);
  expect(short.filter(({ timeout }) => timeout !== "999").map(({ text }) => text)).toEqual([]);
});
