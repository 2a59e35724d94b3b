import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { type Replication, startReplication } from "../support/replication.ts";
import { migrateOptions } from "../support/run-options.ts";
import { callFleet } from "./fleet-case.ts";

let replication: Replication;
let folder: string;
let list: string;

beforeAll(async () => {
  replication = await startReplication({ shared_preload_libraries: "pg_stat_statements" });
  const sql = postgres(replication.primary, { max: 1, onnotice: () => {} });
  await sql`create extension pg_stat_statements`;
  await sql.end();
  await migrate(migrateOptions(replication.primary));
  await replication.waitUntilCaughtUp();
  folder = mkdtempSync(join(tmpdir(), "ssot-fleet-"));
  list = join(folder, "fleet.txt");
  writeFileSync(list, `acme ${replication.primary} replica=${replication.standby}\n`);
});

afterAll(async () => {
  await replication?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test("the audit of a target asks its replica: who reads there only is known", async () => {
  const replica = postgres(replication.standby, { max: 1, onnotice: () => {} });
  await replica`select caller_name from public.calls limit 1`;
  await replica.end();
  const recorded = await callFleet(["audit", "record", "--targets", list]);
  const { host } = new URL(replication.standby);
  expect(recorded.of("acme")).toMatchObject({
    state: "done",
    report: { recorded: { sources: ["", `${host}/postgres`], readers: 1 } },
  });
  const sql = postgres(replication.primary, { max: 1, onnotice: () => {} });
  const kept = await sql<
    { source: string }[]
  >`select distinct r.source from ssot.reader as r where r.source <> '' order by 1`;
  await sql.end();
  expect(kept).toEqual([{ source: `${host}/postgres` }]);
  const alone = await callFleet(["audit", "deprecated", "--replica", replication.standby, "--targets", list]);
  expect(alone.exitCode).toBe(2);
});

test("verify asks the replica when it is told to, and says what it could not ask there", async () => {
  const { of, exitCode } = await callFleet(["verify", "schema", "auto-create", "--on-replica", "--targets", list]);
  expect(exitCode).toBe(0);
  expect(of("acme")?.report).toMatchObject({
    command: "verify",
    complete: false,
    target: { port: Number(new URL(replication.standby).port) },
  });
});

test("a standby is no second name of its primary", async () => {
  writeFileSync(join(folder, "both.txt"), `acme ${replication.primary}\nstandby ${replication.standby}\n`);
  const { report } = await callFleet(["status", "--targets", join(folder, "both.txt")]);
  expect(report.targets.map(({ state }) => state)).toEqual(["done", "done"]);
});
