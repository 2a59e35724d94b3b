import postgres from "postgres";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditDeprecated } from "../../src/core/audit/audit-deprecated.ts";
import { recordReaders } from "../../src/core/audit/record-readers.ts";
import { migrate } from "../../src/core/migrate.ts";
import { type Replication, startReplication } from "../support/replication.ts";
import { migrateOptions, targetOf } from "../support/run-options.ts";

let replication: Replication;
let sql: postgres.Sql;

beforeAll(async () => {
  replication = await startReplication({ shared_preload_libraries: "pg_stat_statements" });
  sql = postgres(replication.primary, { max: 1, onnotice: () => {} });
  await sql`create extension pg_stat_statements`;
  await migrate(migrateOptions(replication.primary));
  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  await replication.waitUntilCaughtUp();
});
afterAll(async () => {
  await sql?.end();
  await replication?.stop();
});

const audit = (replicas: readonly string[]) =>
  auditDeprecated({
    target: targetOf(replication.primary),
    since: new Date(0),
    limit: 10,
    replicas: replicas.map(targetOf),
  });

test("who reads on a standby is known where it is asked, and kept from then on", async () => {
  const replica = postgres(replication.standby, { max: 1, onnotice: () => {} });
  await replica`select caller_name from public.calls limit 1`;
  await replica.end();
  const alone = await audit([]);
  expect(alone.readers).toEqual([]);
  expect(alone.unobserved.map(({ message }) => message)).toContain(
    "1 standbys stream from this server, 0 are asked (--replica)",
  );
  const both = await audit([replication.standby]);
  const { host, port, database } = targetOf(replication.standby);
  const source = `${host}:${port}/${database}`;
  expect(both.readers).toMatchObject([{ source, how: "reads", weight: "reason", columns: ["caller_name"] }]);
  expect(both.phase3.reasons.map(({ message }) => message)).toMatchObject([expect.stringContaining(`on ${source}`)]);
  expect(both.unobserved.map(({ message }) => message).join()).not.toContain("standbys stream");
  expect(await sql`select from ssot.reader`).toHaveLength(0);
  const { recorded } = await recordReaders({
    ...migrateOptions(replication.primary),
    replicas: [targetOf(replication.standby)],
    allow: {},
  });
  expect(recorded).toMatchObject({ sources: ["", source], readers: 1, reasons: 1 });
  expect((await audit([])).phase3.reasons).toHaveLength(1);
  const refused = migrate(migrateOptions(replication.primary, { phase3: true }));
  await expect(refused).rejects.toMatchObject({ code: "GATE", message: expect.stringContaining(`on ${source}`) });
});

test("a server that is no standby of it is refused, and so is one that does not answer", async () => {
  await expect(audit([replication.primary])).rejects.toMatchObject({ code: "CONFIGURATION" });
  const away = new URL(replication.standby);
  away.port = "1";
  await expect(audit([away.href])).rejects.toMatchObject({ code: "UNREACHABLE" });
});
