import { afterAll, beforeAll, expect, test } from "vitest";
import { doctor } from "../../src/core/doctor.ts";
import { migrate } from "../../src/core/migrate.ts";
import { exitCodeOfReport, verify } from "../../src/core/verify.ts";
import { SsotError } from "../../src/model/errors.ts";
import { type Replication, startReplication } from "../support/replication.ts";
import { migrateOptions, targetOf } from "../support/run-options.ts";
import { statusesOf, verifyOptions } from "./healthy-case.ts";

let replication: Replication;

beforeAll(async () => {
  replication = await startReplication();
  // What is done from here on arrives by streaming alone.
  await migrate(migrateOptions(replication.primary));
  await replication.waitUntilCaughtUp();
});

afterAll(() => replication?.stop());

test("on a hot standby everything that only reads is asked, and every probe says why it is not", async () => {
  const there = await verify(await verifyOptions(replication.standby));
  const here = await verify(await verifyOptions(replication.primary));
  expect([...statusesOf(there)].filter(([, status]) => status === "fail" || status === "error")).toEqual([]);
  expect(exitCodeOfReport(there, "fail")).toBe(0);
  const differing = [...statusesOf(here)].filter(([id, status]) => statusesOf(there).get(id) !== status);
  const probes = there.suites.flatMap(({ id, checks }) =>
    checks.filter(({ actual }) => actual === "this server is a hot standby").map((check) => `${id}.${check.id}`),
  );
  expect(probes).toHaveLength(14);
  expect(differing.map(([id]) => id)).toEqual(probes);
  expect(there.coverage).toEqual(here.coverage);
});

test("a run on a standby cannot be recorded, and says so before it asks", async () => {
  const error = await verify(await verifyOptions(replication.standby, { record: true })).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SsotError);
  expect(String(error)).toContain("this server is a hot standby");
});

test("the doctor of a standby reads, too", async () => {
  const { checks } = await doctor({ target: targetOf(replication.standby) });
  expect(checks.filter(({ detail }) => detail.includes("could not be looked at"))).toEqual([]);
});
