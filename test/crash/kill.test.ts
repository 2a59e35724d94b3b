import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { differences } from "./differences.ts";
import { snapshotOutside, snapshotWithoutViews } from "./equal-databases.ts";
import { listPartial, terminateRun } from "./interruptions.ts";
import { createLargeDatabase, raiseBarrier, untilGone, untilHeld } from "./large-case.ts";
import { type ChildRun, killAt, startChild } from "./run-child.ts";

const patient = { waitSeconds: 30, batchSize: 500 };

let database: TestDatabase;
let original: string;
let migrated: string;
let dropped: string;

const letAMonthPass = ({ sql }: TestDatabase) => sql`update ssot.ledger set run_on = run_on - interval '32 days'`;

beforeAll(async () => {
  const undisturbed = await createLargeDatabase();
  original = await snapshotDatabase(undisturbed.sql);
  await migrate(migrateOptions(undisturbed.url, patient));
  migrated = await snapshotOutside(undisturbed);
  await letAMonthPass(undisturbed);
  await migrate(migrateOptions(undisturbed.url, { ...patient, phase3: true }));
  dropped = await snapshotOutside(undisturbed);
  await undisturbed.drop();
});

beforeEach(async () => {
  database = await createLargeDatabase();
});

afterEach(() => database.drop());

/** Kills the process of a run inside a batch, and sees the server end the work that nobody waits for any more. */
async function killInBatch(run: ChildRun): Promise<void> {
  const { sql, url } = database;
  const lower = await raiseBarrier(sql);
  const child = startChild(run, url);
  const died = killAt(child, () => false);
  const pid = await untilHeld(sql);
  child.kill("SIGKILL");
  await died;
  await untilGone(sql, pid);
  await lower();
}

test("migrate, killed between steps and inside batches, goes on to the end state of an undisturbed run", async () => {
  const { sql, url } = database;
  await killAt(startChild("migrate", url), ({ step }) => step === "phone_numbers");
  expect(await listPartial(url)).toEqual(["migrate 20260209000100_backfill_contact_ids"]);
  await killInBatch("migrate");
  expect(await listPartial(url)).toEqual(["migrate 20260209000100_backfill_contact_ids"]);
  await killAt(startChild("migrate", url), ({ done = 0 }) => done >= 500);
  await killAt(startChild("migrate", url), ({ step }) => step === "normalise_contact_phones");
  await killAt(startChild("migrate", url), ({ step }) => step === "idx_contacts_org_phone_unique");
  expect(await listPartial(url)).toEqual(["migrate 20260209000200_validate_contact_names"]);
  await killInBatch("migrate");
  await migrate(migrateOptions(url, patient));
  expect(differences(migrated, await snapshotOutside(database))).toEqual([]);
  await rollback(rollbackOptions(url, patient));
  expect(differences(original, await snapshotDatabase(sql))).toEqual([]);
});

test("rollback, killed inside batches, goes on to where migrate began", async () => {
  const { sql, url } = database;
  await migrate(migrateOptions(url, patient));
  await killInBatch("rollback");
  expect(await listPartial(url)).toEqual(["rollback 20260209000200_validate_contact_names"]);
  await killAt(startChild("rollback", url), ({ step }) => step === "restore_phones");
  await killAt(startChild("rollback", url), ({ step }) => step === "unlink_calls");
  await killInBatch("rollback");
  expect(await listPartial(url)).toEqual(["rollback 20260209000100_backfill_contact_ids"]);
  await rollback(rollbackOptions(url, patient));
  expect(differences(original, await snapshotDatabase(sql))).toEqual([]);
});

test("the drop and its rollback, killed and terminated inside batches, go on to the end state of undisturbed runs", async () => {
  const { sql, url } = database;
  await migrate(migrateOptions(url, patient));
  const before = await snapshotWithoutViews(database);
  await letAMonthPass(database);
  await killInBatch("migrate --phase 3");
  expect(await listPartial(url)).toEqual(["migrate 20260309000000_drop_deprecated_columns"]);
  const lower = await raiseBarrier(sql);
  const failed = expect(migrate(migrateOptions(url, { ...patient, phase3: true, lockTimeoutMs: 60_000 }))).rejects;
  await untilHeld(sql);
  await terminateRun(sql);
  await failed.toMatchObject({ code: "MIGRATION_FAILED", message: expect.stringContaining("step copy") });
  await lower();
  await migrate(migrateOptions(url, { ...patient, phase3: true }));
  expect(differences(dropped, await snapshotOutside(database))).toEqual([]);
  await killInBatch("rollback");
  expect(await listPartial(url)).toEqual(["rollback 20260309000000_drop_deprecated_columns"]);
  await rollback(rollbackOptions(url, { ...patient, all: false }));
  expect(differences(before, await snapshotWithoutViews(database))).toEqual([]);
});

test("an abort inside a batch cancels it at once, keeps the finished ones, and says how to go on", async () => {
  const { sql, url } = database;
  const lower = await raiseBarrier(sql);
  const controller = new AbortController();
  const run = migrate(migrateOptions(url, { ...patient, lockTimeoutMs: 60_000, signal: controller.signal }));
  const failed = expect(run).rejects;
  await untilHeld(sql);
  controller.abort();
  await failed.toMatchObject({ code: "INTERRUPTED", hint: expect.stringContaining("ssot migrate") });
  await lower();
  const [task] = await sql`select done < planned as half from ssot.task where task = 'calls.contact_id'`;
  expect(task?.half).toBe(true);
  await rollback(rollbackOptions(url, patient));
  expect(differences(original, await snapshotDatabase(sql))).toEqual([]);
});
