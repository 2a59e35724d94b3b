import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { parseOpenMetrics } from "../support/openmetrics.ts";
import { parseTap } from "../support/tap.ts";
import { callSsot } from "./call-ssot.ts";

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ssot-metrics-"));
  database = await createTestDatabase();
  await loadSeedCase(database.sql);
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

test("metrics take the place of the earlier ones at once, and only when there are new ones", async () => {
  const file = join(folder, "ssot.prom");
  writeFileSync(file, "# EOF\n");
  const reporters = ["--reporter", `openmetrics=${file}`, "--reporter", `tap=${file}.tap`];
  const away = await callSsot(["verify", ...reporters, "--database-url", "postgres://nobody@127.0.0.1:1/db"]);
  expect(away.exitCode).toBe(3);
  expect(readFileSync(file, "utf8")).toBe("# EOF\n");

  await callSsot(["migrate", "--database-url", database.url]);
  await callSsot(["verify", ...reporters, "--database-url", database.url]);
  const samples = parseOpenMetrics(readFileSync(file, "utf8"));
  const [{ calls }] = await database.sql<[{ calls: number }]>`select count(*)::int as calls from public.calls`;
  const told = samples.filter(({ name }) => name === "ssot_verify_calls").reduce((sum, { value }) => sum + value, 0);
  expect(told).toBe(calls);
  const points = parseTap(readFileSync(`${file}.tap`, "utf8"));
  const populations = samples.filter(({ name }) => name === "ssot_verify_check_population");
  expect(populations.map(({ labels }) => `${labels.suite}.${labels.check}`)).toEqual(
    points.map(({ description }) => description.split(": ")[0]),
  );
  expect(readdirSync(folder).toSorted()).toEqual(["ssot.prom", "ssot.prom.tap"]);
});
