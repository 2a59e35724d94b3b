import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { type CallOptions, callSsot } from "../cli/call-ssot.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadSeedCase(database.sql);
  await ssot(["migrate"]);
});

afterEach(() => database.drop());

const ssot = (args: readonly string[], options: CallOptions = {}) =>
  callSsot([...args, "--database-url", database.url], options);

async function linksKept(): Promise<number> {
  const [row] = await database.sql<{ n: number }[]>`select count(*)::integer as n from ssot.journal_of_links`;
  return row?.n ?? -1;
}

test("finalize asks: off a terminal it needs --yes, on one an answer to what it lists", async () => {
  const silent = await ssot(["finalize"]);
  expect(silent.exitCode).toBe(2);
  expect(silent.stderr).toContain("expected --yes");
  const refused = await ssot(["finalize"], { answers: "\n", columns: 80 });
  expect(refused.exitCode).toBe(130);
  expect(refused.stderr).toMatch(/ {2}ssot\.journal_of_links +6 rows/);
  expect(refused.stderr).toContain(`Remove this for good in ${database.name} on `);
  expect(await linksKept()).toBe(6);
  expect(await ssot(["finalize"], { answers: "yes\n", columns: 80 })).toMatchObject({ exitCode: 0 });
  expect(await linksKept()).toBe(0);
});

test("a target that .env names needs --yes as well, and is told first", async () => {
  const directory = mkdtempSync(join(tmpdir(), "ssot-finalize-"));
  try {
    writeFileSync(join(directory, ".env"), `DATABASE_URL=${database.url}\n`);
    expect(await callSsot(["finalize"], { directory })).toMatchObject({ exitCode: 2, stdout: "" });
    expect(await linksKept()).toBe(6);
    const done = await callSsot(["finalize", "--yes"], { directory });
    expect(done.exitCode).toBe(0);
    expect(done.stderr).toMatch(new RegExp(`^target {2}${database.name} on `));
    expect(await linksKept()).toBe(0);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test("JSON says what is removed; status says since when; rollback is exit 6 until --schema-only", async () => {
  const json = async (args: readonly string[]) => {
    const { exitCode, stdout } = await ssot([...args, "--json"]);
    return { exitCode, ...JSON.parse(stdout) };
  };
  const dry = await json(["finalize", "--dry-run"]);
  expect(dry).toMatchObject({ exitCode: 0, command: "finalize", dryRun: true });
  expect(dry.removed).toContainEqual({ table: "ssot.journal_of_links", rows: 6, bytes: expect.any(Number) });
  expect(await json(["status"])).not.toHaveProperty("finalizedAt");
  expect(await json(["finalize", "--yes"])).toEqual({
    ...dry,
    ...{ at: expect.any(String), durationMs: expect.any(Number), options: expect.any(Object) },
    ...{ dryRun: false, removed: expect.any(Array) },
  });
  expect(await json(["status"])).toMatchObject({ finalizedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) });
  for (const args of [
    ["rollback", "--yes"],
    ["rollback", "--all", "--dry-run"],
  ]) {
    expect(await json(args)).toMatchObject({ exitCode: 6, error: { code: "GATE" } });
  }
  expect(await json(["rollback", "--all", "--yes", "--schema-only"])).toMatchObject({ exitCode: 0 });
  const [row] = await database.sql`select to_regnamespace('ssot') as schema`;
  expect(row).toEqual({ schema: null });
});

test("after it a rollback of the schema never says that values are back, nor do its dry run and its question", async () => {
  await ssot(["finalize", "--yes"]);
  const args = ["rollback", "--all", "--schema-only"];
  const dry = await ssot([...args, "--dry-run"], { columns: 80 });
  const asked = await ssot(args, { answers: "\n", columns: 80 });
  const done = await ssot([...args, "--yes"], { columns: 80 });
  expect([dry.exitCode, asked.exitCode, done.exitCode]).toEqual([0, 130, 0]);
  for (const text of [dry.stdout, asked.stderr, done.stdout]) {
    expect(text).toContain("gone      6 links of calls: nothing is kept of what they were");
    expect(text).not.toMatch(/every value|restored|back[;,]/);
  }
  expect(done.stdout.replaceAll("\n", " ")).toContain("8 values are gone: nothing is kept of what they were");
});

test.each([80, 120])("nothing that it prints is wider than a terminal of %i columns", async (columns) => {
  const texts: string[] = [];
  for (const args of [["finalize", "--dry-run"], ["finalize", "--yes"], ["status"], ["finalize", "--yes"]]) {
    texts.push(...(await ssot([...args, "--no-color"], { columns })).stdout.split("\n"));
  }
  expect(texts.filter((line) => line.length > columns)).toEqual([]);
  expect(texts.join("\n")).toMatch(/finalised \d{4}-/);
});
