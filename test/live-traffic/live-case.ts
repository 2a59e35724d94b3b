import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { expect } from "vitest";
import { findLost, type Lost } from "../../bench/traffic/find-lost.ts";
import { tellHistogram, toldCodes } from "../../bench/traffic/latency.ts";
import { allKinds, startTraffic } from "../../bench/traffic/start-traffic.ts";
import { readWorld, type World } from "../../bench/traffic/world.ts";
import { generateData } from "../../fixtures/generate.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";

export interface LiveSize {
  readonly calls: number;
  readonly contacts: number;
  /** Requests a second, over eight connections. */
  readonly rate: number;
  readonly seed: number;
  /** Whether contacts (org_id, phone) are unique from the start, as in production. */
  readonly unique: boolean;
}

/** What became of the requests that were sent during one piece of work. */
interface Outcome extends Lost {
  /** What senders were told instead of success, by kind and code. */
  readonly told: Readonly<Record<string, number>>;
  /** How often each session's prepared `select *` was refused because the columns were others. */
  readonly changedResults: readonly number[];
}

/** Data, and what applications know of it. */
async function fillLive({ sql }: TestDatabase, size: LiveSize): Promise<World> {
  await generateData(sql, {
    calls: size.calls,
    contacts: size.contacts,
    organizations: 3,
    dirt: true,
    seed: size.seed,
  });
  if (size.unique) {
    await sql`
      delete from public.contacts as k using public.contacts as older
      where older.org_id = k.org_id and older.phone = k.phone and older.id < k.id`;
    await sql`alter table public.contacts add unique (org_id, phone)`;
  }
  return readWorld(sql, size.seed);
}

/** Does the work while applications read and write, and looks for every write that they were told is done. */
async function workUnderTraffic(
  { url, sql }: TestDatabase,
  world: World,
  { rate }: LiveSize,
  title: string,
  work: () => Promise<unknown>,
): Promise<Outcome> {
  const open = (): postgres.Sql => postgres(url, { max: 1, onnotice: () => {} });
  const traffic = await startTraffic({ open, connections: 8, rate, kinds: allKinds, world });
  try {
    await sleep(500);
    await work();
    await sleep(500);
  } finally {
    await traffic.stop();
  }
  const outcome = {
    ...(await findLost(sql, world.acknowledged)),
    told: toldCodes(traffic.sent),
    changedResults: traffic.lanes.map(({ changedResults }) => changedResults),
  };
  process.stdout.write(`${title}: ${tellHistogram(traffic.sent)}\n`);
  process.stdout.write(
    `  ${outcome.found} of ${outcome.acknowledged} acknowledged writes found; told ${JSON.stringify(outcome.told)}\n`,
  );
  return outcome;
}

/** Phase 1, the drop against the application's will, and everything back, each under traffic. */
export async function liveThroughAll(database: TestDatabase, size: LiveSize): Promise<void> {
  const { sql, url } = database;
  const world = await fillLive(database, size);
  const during = (title: string, work: () => Promise<unknown>): Promise<Outcome> =>
    workUnderTraffic(database, world, size, title, work);

  const migrated = await during("migrate", () => migrate(migrateOptions(url, { lockTries: 30 })));
  expect(migrated.lost).toEqual([]);
  expect(unexpected(migrated, [])).toEqual([]);
  expect(Math.max(...migrated.changedResults)).toBe(0);

  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  const force = { reason: "the old application is stopped by it" };
  const dropped = await during("phase 3", () => migrate(migrateOptions(url, { phase3: true, force, lockTries: 30 })));
  expect(dropped.lost).toEqual([]);
  // Until the drop the old application is served; then it is told that its columns are gone.
  expect(unexpected(dropped, ["legacy 42703"])).toEqual([]);
  expect(dropped.told["legacy 42703"]).toBeGreaterThan(0);
  expect(Math.max(...dropped.changedResults)).toBe(1);

  const back = await during("rollback --all", () => rollback(rollbackOptions(url, { lockTries: 30 })));
  expect(back.lost).toEqual([]);
  expect(unexpected(back, ["legacy 42703"])).toEqual([]);
  expect(Math.max(...back.changedResults)).toBe(1);
  const [left] = await sql<{ columns: number }[]>`
    select count(*)::integer as columns from pg_catalog.pg_attribute
    where attrelid = 'public.calls'::regclass and attname in ('caller_name', 'from_number') and not attisdropped`;
  expect(left?.columns).toBe(2);
}

/** A contact that was merged into another is no longer there to rename or to link to: that is told as well. */
function unexpected({ told }: Outcome, expected: readonly string[]): readonly string[] {
  return Object.keys(told).filter((what) => ![...expected, "rename NO_ROW", "link 23503"].includes(what));
}
