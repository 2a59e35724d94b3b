import { join } from "node:path";
import postgres from "postgres";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import {
  type EmbeddedServer,
  startEmbeddedServer,
  temporaryServerDirectory,
} from "../../src/db/embedded/embedded-server.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { serverPid } from "../db/embedded-fixture.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { differences } from "./differences.ts";
import { snapshotOutside, snapshotWithoutViews } from "./equal-databases.ts";
import { listPartial } from "./interruptions.ts";
import { fillLarge, raiseBarrier, untilHeld } from "./large-case.ts";

// A server of its own, since it is shut down under the runs; every commit reaches the disk's cache, as in production.
const settings = { synchronous_commit: "on", full_page_writes: "on" };
const directory = temporaryServerDirectory("ssot-crash");
const patient = { waitSeconds: 30, batchSize: 500, lockTimeoutMs: 60_000 };

const uses: EmbeddedServer[] = [];
let url: string;
let sql: postgres.Sql;
let original: string;

/** Starts the server, or starts it again where it stopped. */
async function start(name: string): Promise<void> {
  const server = await startEmbeddedServer({ directory, ephemeral: true, settings });
  uses.push(server);
  url = `postgres://${server.user}:${server.password}@${server.host}:${server.port}/${name}`;
  sql = postgres(url, { max: 4, onnotice: () => {} });
}

/** Shuts the server down at once, as it stands in the middle of a batch, and starts it again. */
async function shutDownInBatch(run: () => Promise<unknown>): Promise<void> {
  await raiseBarrier(sql);
  const failed = expect(run()).rejects;
  await untilHeld(sql);
  process.kill(serverPid(uses[0]?.dataDirectory ?? ""), "SIGQUIT");
  await failed.toMatchObject({ code: expect.stringMatching(/^(MIGRATION|ROLLBACK)_FAILED$/) });
  await sql.end({ timeout: 0 });
  await start("case");
}

beforeAll(async () => {
  await start("postgres");
  await sql`create database pattern template template0 encoding 'UTF8'`;
  await sql.end();
  await start("pattern");
  await sql.file(join(packageRoot(), "fixtures", "base-schema.sql"));
  await fillLarge(sql);
  original = await snapshotDatabase(sql);
  await sql.end();
});

beforeEach(async () => {
  await start("postgres");
  await sql`drop database if exists "case" with (force)`;
  await sql`create database "case" template pattern`;
  await sql.end();
  await start("case");
});

afterAll(async () => {
  await sql.end({ timeout: 0 });
  for (const server of uses) await server.stop();
});

test("migrate and rollback, each through a crash of the server in the middle of a batch, end as undisturbed ones", async () => {
  await migrate(migrateOptions(url, patient));
  const migrated = await snapshotOutside({ sql });
  await rollback(rollbackOptions(url, patient));
  expect(differences(original, await snapshotDatabase(sql))).toEqual([]);

  await shutDownInBatch(() => migrate(migrateOptions(url, patient)));
  expect(await listPartial(url)).toEqual(["migrate 20260209000100_backfill_contact_ids"]);
  await migrate(migrateOptions(url, patient));
  expect(differences(migrated, await snapshotOutside({ sql }))).toEqual([]);

  await shutDownInBatch(() => rollback(rollbackOptions(url, patient)));
  expect(await listPartial(url)).toEqual(["rollback 20260209000200_validate_contact_names"]);
  await rollback(rollbackOptions(url, patient));
  expect(differences(original, await snapshotDatabase(sql))).toEqual([]);
});

test("the drop and its rollback, each through a crash of the server in the middle of a batch, keep every value", async () => {
  await migrate(migrateOptions(url, patient));
  const before = await snapshotWithoutViews({ sql });
  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  await shutDownInBatch(() => migrate(migrateOptions(url, { ...patient, phase3: true })));
  expect(await listPartial(url)).toEqual(["migrate 20260309000000_drop_deprecated_columns"]);
  const report = await migrate(migrateOptions(url, { ...patient, phase3: true }));
  expect(report.applied).toMatchObject([{ phase: 3 }]);
  await shutDownInBatch(() => rollback(rollbackOptions(url, { ...patient, all: false })));
  expect(await listPartial(url)).toEqual(["rollback 20260309000000_drop_deprecated_columns"]);
  await rollback(rollbackOptions(url, { ...patient, all: false }));
  expect(differences(before, await snapshotWithoutViews({ sql }))).toEqual([]);
  await rollback(rollbackOptions(url, patient));
  expect(differences(original, await snapshotDatabase(sql))).toEqual([]);
});
