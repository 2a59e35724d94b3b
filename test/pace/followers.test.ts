import postgres from "postgres";
import { expect, onTestFinished, test } from "vitest";
import { generateData } from "../../fixtures/generate.ts";
import { migrate } from "../../src/core/migrate.ts";
import { startOwnServer } from "../support/own-server.ts";
import { startReplication } from "../support/replication.ts";
import { migrateOptions } from "../support/run-options.ts";
import { stopInTheMiddle, Told } from "./told.ts";

test("a replica that does not replay holds a run beyond the limit, and lets it go when it has caught up", async () => {
  const replication = await startReplication();
  onTestFinished(() => replication.stop());
  const standby = postgres(replication.standby, { max: 1, onnotice: () => {} });
  onTestFinished(() => standby.end());
  await replication.waitUntilCaughtUp();
  await standby`select pg_wal_replay_pause()`;
  const told = new Told();
  const lag = { bytes: 64 * 1024 };
  const run = migrate(migrateOptions(replication.primary, { progress: told.progress, pace: { mode: "auto", lag } }));
  await told.until("paused", /^replica \d+ MB behind$/);
  await standby`select pg_wal_replay_resume()`;
  const { applied, pace } = await run;
  expect(applied).toHaveLength(4);
  expect(pace?.reasons.replica).toBeGreaterThan(0);
  expect(pace?.pausedMs).toBeGreaterThan(0);
  await replication.waitUntilCaughtUp();
  expect(await standby`select from ssot.ledger`).toHaveLength(4);
});

test("an archiver that fails slows a run, which says so and ends all the same", async () => {
  const server = await startOwnServer({ archive_mode: "on", archive_command: "false" });
  onTestFinished(() => server.stop());
  const { sql, url } = server;
  // Few: it rests nine times as long as it works.
  await generateData(sql, { calls: 200, contacts: 50 });
  const told = new Told();
  const run = migrate(migrateOptions(url, { batchSize: 1, progress: told.progress, pace: { mode: "auto" } }));
  const goOn = await stopInTheMiddle(sql, told);
  const failed = async (): Promise<number> => {
    const [row] = await sql<{ n: number }[]>`select failed_count::integer as n from pg_catalog.pg_stat_archiver`;
    return row?.n ?? 0;
  };
  const before = await failed();
  await sql`select pg_switch_wal()`;
  while ((await failed()) <= before) await sql`select pg_sleep(0.05)`;
  await goOn();
  await told.until("slowed", /^archiving fails \(\d+ times since the run began\)$/);
  const { applied, pace } = await run;
  expect(applied).toHaveLength(4);
  expect(pace?.reasons.archiver).toBeGreaterThan(0);
});

test("a slot without a reader is told, and slows nothing", async () => {
  const server = await startOwnServer({});
  onTestFinished(() => server.stop());
  const { sql, url } = server;
  await generateData(sql, { calls: 600, contacts: 150 });
  await sql`select pg_create_physical_replication_slot('forgotten', true)`;
  const told = new Told();
  const { pace } = await migrate(migrateOptions(url, { progress: told.progress, pace: { mode: "auto" } }));
  expect(told.notes.join()).toMatch(/^slot forgotten has no reader and keeps \d+ MB of WAL; it slows nothing$/);
  expect(Object.keys(pace?.reasons ?? {})).not.toContain("replica");
});

test("what a role without pg_monitor does not see is said, and is never full speed", async () => {
  const server = await startOwnServer({});
  onTestFinished(() => server.stop());
  const { sql, url } = server;
  await generateData(sql, { calls: 600, contacts: 150 });
  await sql.unsafe("create role deploy login password 'deploy'; alter database postgres owner to deploy");
  const tables = await sql<
    { name: string }[]
  >`select format('%I.%I', schemaname, tablename) as name from pg_catalog.pg_tables where schemaname = 'public'`;
  for (const { name } of tables) await sql.unsafe(`alter table ${name} owner to deploy`);
  await sql.unsafe("alter schema public owner to deploy");
  const deploy = new URL(url);
  deploy.username = "deploy";
  deploy.password = "deploy";
  const told = new Told();
  const options = migrateOptions(deploy.href, { progress: told.progress, pace: { mode: "auto" } });
  const { pace } = await migrate(options);
  expect(pace?.unknown).toContain("what other sessions do");
  expect(told.notes.join()).toContain(
    "not visible to this role, and taken for neither good nor bad: what other sessions do",
  );
  expect(pace?.changes.map(({ state }) => state)).not.toContain("full speed");
});
