import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import { generateData } from "../../fixtures/generate.ts";
import { migrate } from "../../src/core/migrate.ts";
import type { PaceOptions } from "../../src/core/pace/run-pace.ts";
import { rollback } from "../../src/core/rollback.ts";
import { SsotError } from "../../src/model/errors.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { stopInTheMiddle, Told } from "./told.ts";
import { untilHeld } from "./until-waits.ts";

let clones: Clones;
let original: string;
beforeAll(async () => {
  const source = await createTestDatabase();
  await generateData(source.sql, { calls: 500, contacts: 120, dirt: true });
  original = await snapshotDatabase(source.sql);
  clones = await cloneable(source);
});
afterAll(() => clones.drop());

let database: TestDatabase;
beforeEach(async () => {
  database = await clones.clone();
  onTestFinished(() => database.drop());
});

/** Obeys whoever holds it, and looks at nobody else: other tests work on the same server. */
const full: PaceOptions = { mode: "full" };

test("a condition that is true holds a run between two batches, and false lets it go on where it was", async () => {
  const { sql, url } = database;
  await sql`create table public.release (running boolean not null)`;
  await sql`insert into public.release values (false)`;
  const told = new Told();
  const pace = { ...full, pauseWhen: "select running from public.release" };
  const run = migrate(migrateOptions(url, { batchSize: 1, progress: told.progress, pace }));
  const goOn = await stopInTheMiddle(sql, told);
  await sql`update public.release set running = true`;
  await told.until("paused", /--pause-when is true/);
  await goOn();
  await untilHeld(sql);
  const [row] = await sql<{ holds: boolean; reason: string }[]>`select holds, reason from ssot.pace`;
  expect(row).toEqual({ holds: true, reason: "--pause-when is true" });
  await sql`update public.release set running = false`;
  const { applied, pace: report } = await run;
  expect(applied).toHaveLength(4);
  expect(report?.changes.map(({ signal }) => signal)).toContain("--pause-when");
  expect(report?.pausedMs).toBeGreaterThan(0);
  expect(Object.keys(report?.reasons ?? {})).toContain("--pause-when");
  // What was written for the batches is taken back.
  expect(await sql`select from ssot.pace where told_at is null and not holds and reason is null`).toHaveLength(1);
});

test("what is held before a run begins keeps it from its first change", async () => {
  const { sql, url } = database;
  const pauseSwitch = { paused: true };
  const told = new Told();
  const run = migrate(migrateOptions(url, { progress: told.progress, pace: { ...full, pauseSwitch } }));
  await told.until("paused", /SIGUSR2/);
  expect(await sql`select from pg_catalog.pg_namespace where nspname = 'ssot'`).toEqual([]);
  pauseSwitch.paused = false;
  expect((await run).applied).toHaveLength(4);
});

test.each([
  ["does not exist", "select true from nothing"],
  ["one row with one boolean", "select 1"],
  ["one row with one boolean", "select true where false"],
  ["one row with one boolean", "select true, false"],
  ["one row with one boolean", "values (true), (false)"],
  ["cannot insert multiple commands", "select true; select false"],
  ["read-only transaction", "insert into public.contacts default values returning true"],
  ["statement timeout", "select pg_sleep(3) is null"],
])("a condition that cannot be asked (%s) is refused, and nothing is changed: %s", async (reason, pauseWhen) => {
  const failure = await migrate(migrateOptions(database.url, { pace: { ...full, pauseWhen } })).catch(
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(SsotError);
  expect(failure).toMatchObject({ code: "PAUSE_WHEN", message: expect.stringContaining(reason) });
  expect(await snapshotDatabase(database.sql)).toBe(original);
});

test("a condition that breaks meanwhile holds the run and says why, until it can be asked again", async () => {
  const { sql, url } = database;
  await sql`create view public.calm as select false as paused`;
  const told = new Told();
  const pace = { ...full, pauseWhen: "select paused from public.calm" };
  const run = migrate(migrateOptions(url, { batchSize: 1, progress: told.progress, pace }));
  const goOn = await stopInTheMiddle(sql, told);
  await sql`alter view public.calm rename to gone`;
  await told.until("paused", /--pause-when cannot be asked \(42P01\)/);
  await goOn();
  await sql`alter view public.gone rename to calm`;
  expect((await run).applied).toHaveLength(4);
});

test("beside traffic that comes and goes a run slows and speeds up, and its report tells both", async () => {
  const { sql, url } = database;
  await sql`create table public.held (id integer primary key)`;
  await sql`insert into public.held values (1)`;
  await sql`create table public.hold (it boolean not null)`;
  await sql`insert into public.hold values (false)`;
  const told = new Told();
  const pace = { mode: "auto", pauseWhen: "select it from public.hold" } as const;
  const run = migrate(migrateOptions(url, { batchSize: 1, progress: told.progress, pace }));
  const goOn = await stopInTheMiddle(sql, told);
  // Three sessions queue behind a fourth, as they do where an application holds a row for long.
  let letGo = (): void => {};
  const held = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const others = (await import("postgres")).default(url, { max: 4, onnotice: () => {} });
  const holder = others.begin(async (transaction) => {
    await transaction`select from public.held where id = 1 for update`;
    await held;
  });
  while (
    (
      await sql`select from pg_catalog.pg_stat_activity where datname = current_database() and state = 'idle in transaction'`
    ).length === 0
  )
    await sleep(5);
  const queue = [1, 2, 3].map(() => others`update public.held set id = id`.execute());
  await goOn();
  await told.until("slowed", /wait for locks/);
  // Held meanwhile, so that the run is not over before the traffic is.
  await sql`update public.hold set it = true`;
  await told.until("paused");
  letGo();
  await Promise.all([holder, ...queue]);
  await others.end();
  await sql`update public.hold set it = false`;
  const { pace: report } = await run;
  const states = report?.changes.map(({ state }) => state) ?? [];
  expect(states).toContain("slowed");
  expect(states.lastIndexOf("paused")).toBeGreaterThan(states.indexOf("slowed"));
  expect(report?.reasons.waiting).toBeGreaterThan(0);
  expect(report?.slowedMs).toBeGreaterThan(0);
});

test("the session beside a run may be ended: the run goes on, is looked after again, and is not held for ever", async () => {
  const { sql, url } = database;
  const pauseSwitch = { paused: false };
  const told = new Told();
  const run = migrate(migrateOptions(url, { batchSize: 1, progress: told.progress, pace: { ...full, pauseSwitch } }));
  const goOn = await stopInTheMiddle(sql, told);
  pauseSwitch.paused = true;
  await told.until("paused", /SIGUSR2/);
  await goOn();
  const pid = await untilHeld(sql);
  const ended = await sql`
    select pg_terminate_backend(a.pid) from pg_catalog.pg_stat_activity as a
    where a.datname = current_database() and a.application_name = 'ssot' and a.pid <> ${pid}`;
  expect(ended.length).toBeGreaterThan(0);
  while (told.notes.length === 0) await sleep(5);
  expect(told.notes.join()).toContain("another one is tried");
  pauseSwitch.paused = false;
  expect((await run).applied).toHaveLength(4);
  expect(await sql`select from ssot.pace where told_at is null`).toHaveLength(1);
});

test("Phase 3 and the way back go through it as well, and end as if nobody had paused them", async () => {
  const { sql, url } = database;
  await migrate(migrateOptions(url, { pace: { mode: "gentle" } }));
  await sql`update ssot.ledger set run_on = run_on - interval '60 days'`;
  const paused = async <T>(work: (told: Told, pace: PaceOptions) => Promise<T>): Promise<T> => {
    const pauseSwitch = { paused: false };
    const told = new Told();
    const run = work(told, { ...full, pauseSwitch });
    const goOn = await stopInTheMiddle(sql, told);
    pauseSwitch.paused = true;
    await told.until("paused", /SIGUSR2/);
    await goOn();
    await untilHeld(sql);
    pauseSwitch.paused = false;
    return run;
  };
  await paused((told, pace) =>
    migrate(
      migrateOptions(url, { phase3: true, force: { reason: "test" }, batchSize: 1, progress: told.progress, pace }),
    ),
  );
  await paused((told, pace) => rollback(rollbackOptions(url, { batchSize: 1, progress: told.progress, pace })));
  expect(await snapshotDatabase(sql)).toBe(original);
});
