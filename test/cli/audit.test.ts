import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { TestDatabase } from "../support/database.ts";
import { makeHealthy } from "../verify/healthy-case.ts";
import { callSsot } from "./call-ssot.ts";

let database: TestDatabase;
let folder: string;

beforeAll(async () => {
  database = await makeHealthy();
  folder = mkdtempSync(join(tmpdir(), "ssot-audit-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database?.drop();
});

const audit = (...args: string[]) => callSsot(["audit", ...args], { env: { DATABASE_URL: database.url } });

test("a quiet database may lose the columns, and the report says how", async () => {
  const { exitCode, stdout } = await audit("deprecated", "--fail-on-writes");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("calls.caller_name  none");
  expect(stdout).toContain("awake and untouched");
  expect(stdout).toContain("unknown: pg_stat_statements is not installed");
  expect(stdout.trimEnd().split("\n").at(-1)).toBe("The columns may go: ssot migrate --phase 3");
});

test("a write is shown with its writer, its shape and a chart, and fails the job that asks for it", async () => {
  const { sql } = database;
  await sql`update public.calls set caller_name = 'Very Private' where vapi_call_id = 'vapi-seed-01'`;
  await sql.unsafe("update public.calls set from_number = '+14155550107' where vapi_call_id = 'vapi-seed-02'");
  const asked = await audit("deprecated");
  expect(asked.exitCode).toBe(0);
  expect(asked.stdout).toMatch(/calls.caller_name {2}1 write since/);
  expect(asked.stdout).toContain("█  a day");
  expect(asked.stdout).toContain("(role postgres)");
  expect(asked.stdout).toContain("update public.calls set from_number = ? where vapi_call_id = ?");
  expect(asked.stdout).toContain("The drop is held");
  expect(asked.stdout).toContain("the columns are still there");
  expect(asked.stdout).not.toMatch(/Private|0107/);
  expect(asked.stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  expect((await audit("deprecated", "--fail-on-writes")).exitCode).toBe(1);
  expect((await audit("deprecated", "--fail-on-writes", "--since", "2999-01-01")).exitCode).toBe(2);
});

test("the JSON has the contract's fields, one document on stdout", async () => {
  const { exitCode, stdout } = await audit("deprecated", "--json", "--by", "day", "--limit", "1");
  expect(exitCode).toBe(0);
  const report: unknown = JSON.parse(stdout);
  expect(report).toMatchObject({
    command: "audit",
    writes: {
      total: 2,
      byColumn: [
        { column: "caller_name", writes: 1 },
        { column: "from_number", writes: 1 },
      ],
      byWriter: [{ role: "postgres", operations: ["UPDATE"], seen: ["by name"], writes: 1 }],
      byDay: [
        { column: "caller_name", writes: 1 },
        { column: "from_number", writes: 1 },
      ],
      recent: [{ operation: "UPDATE" }],
    },
    dependents: [],
    readers: [],
    readersObserved: { known: false },
    phase3: { ready: false, reasons: [{ code: "writer" }, { code: "writer" }] },
  });
  expect(stdout).not.toMatch(/Private|0107/);
});

test.each(["column", "writer", "day", "org"])("writes are grouped by %s", async (by) => {
  const { exitCode, stdout } = await audit("deprecated", "--by", by);
  expect(exitCode).toBe(0);
  expect(/^ {6}\d{4}-\d\d-\d\d {2}1$/m.test(stdout)).toBe(by === "day");
  expect(stdout.includes("a0000000-0000-4000-8000-000000000001")).toBe(by === "org");
  expect(stdout.includes("seen by name")).toBe(by === "writer");
});

test("code is searched without any database, and what is found fails the job", async () => {
  writeFileSync(join(folder, "a.ts"), "call.caller_name");
  const alone = await callSsot(["audit", "source", folder]);
  expect(alone).toMatchObject({ exitCode: 1, stdout: expect.stringContaining("a.ts:1") });
  expect((await audit("deprecated", "--source", folder)).stdout).toContain("a.ts:1");
  writeFileSync(join(folder, "a.ts"), "call.caller_name // ssot:ignore");
  const excused = await callSsot(["audit", "source", folder, "--json"]);
  expect(excused.exitCode).toBe(0);
  expect(JSON.parse(excused.stdout)).toMatchObject({ command: "audit", source: { files: 1, mentions: [] } });
  expect((await callSsot(["audit", "source", join(folder, "none")])).exitCode).toBe(2);
});

test("prune says how many rows went, rebaseline asks first", async () => {
  expect(await audit("prune")).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("No audit row") });
  expect(await audit("rebaseline")).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("--yes") });
  expect(await audit("rebaseline", "--yes")).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining("Nothing was changed"),
  });
});
