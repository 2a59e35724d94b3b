import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Command } from "commander";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { keepEvidence } from "../../src/cli/evidence.ts";
import { createProgram } from "../../src/cli/program.ts";
import { toldOptions } from "../../src/cli/told-options.ts";
import { readVersion } from "../../src/model/version.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { type CallResult, callSsot } from "./call-ssot.ts";

let database: TestDatabase;
let folder: string;
const secret = "pa55-of-nobody";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ssot-evidence-"));
  database = await createTestDatabase();
  await loadSeedCase(database.sql);
});

afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

// A second passes between two looks at it.
function clock(): () => Date {
  let at = Date.parse("2026-02-13T17:04:05.000Z") - 1000;
  return () => {
    at += 1000;
    return new Date(at);
  };
}

function ssot(...args: readonly string[]): Promise<CallResult> {
  return callSsot([...args, "--database-url", database.url], { directory: folder, now: clock() });
}

test("a JSON document says when, by what, on what server and database, how, and how long", async () => {
  const { stdout } = await ssot("status", "--json", "--allow", "nobody=2030-01-01");
  const [{ server, port }] = await database.sql<[{ server: string; port: number }]>`
    select split_part(current_setting('server_version'), ' ', 1) as server, current_setting('port')::int as port`;
  const url = new URL(database.url);
  const { migrations, deprecated, ...told } = JSON.parse(stdout);
  expect(told).toEqual({
    command: "status",
    at: "2026-02-13T17:04:05.000Z",
    tool: readVersion(),
    server,
    target: { host: url.hostname, port, database: database.name, user: url.username },
    options: { allow: { nobody: "2030-01-01" }, reads: "warn" },
    durationMs: 1000,
  });
  expect([migrations.length > 0, deprecated]).toEqual([true, []]);
});

test("every screen begins with the database, the moment, the version and what was typed", async () => {
  const { stdout } = await ssot("status", "--allow", "nobody=2030-01-01");
  const [target, ...run] = stdout.split("\n\n")[0]?.split(/\n(?! )/) ?? [];
  expect(target?.replace(/\s+/g, " ")).toMatch(
    new RegExp(`^target ${database.name} on \\S+:\\d+ as \\S+ \\(PostgreSQL \\d+\\.\\d+\\)$`),
  );
  expect(run.join(" ").replace(/\s+/g, " ")).toBe(
    `run 2026-02-13 17:04:05 UTC · 1 s · ssot ${readVersion()} · --allow nobody=2030-01-01`,
  );
});

test("an error says the same as JSON, as far as the command came", async () => {
  const refused = await ssot("migrate", "--to", "19990101000000", "--json");
  expect(JSON.parse(refused.stdout)).toMatchObject({
    command: "migrate",
    at: "2026-02-13T17:04:05.000Z",
    tool: readVersion(),
    server: expect.stringMatching(/^\d+\.\d+$/),
    target: { database: database.name },
    options: { to: "19990101000000", phase: "1" },
    error: { code: "USAGE" },
  });
  const unread = await callSsot(["undo", "--json"], { now: clock() });
  expect(JSON.parse(unread.stdout)).toMatchObject({
    command: null,
    server: null,
    target: null,
    error: { code: "USAGE" },
  });
});

test("what needs no database says that it asked none", async () => {
  const { stdout } = await callSsot(["export", "--format", "sql", "--dir", "out", "--json"], { directory: folder });
  expect(JSON.parse(stdout)).toMatchObject({
    command: "export",
    server: null,
    target: null,
    options: { format: "sql" },
  });
});

test("every reporter of verify says it: files, job summary, JUnit's stamp and properties", async () => {
  const files = ["table", "json", "junit", "markdown", "github", "html"].map((name) => `${name}=${name}.txt`);
  await ssot("verify", "schema", "--fail-on", "warn", ...files.flatMap((file) => ["--reporter", file]));
  for (const name of ["table", "markdown", "github", "html"]) {
    const text = readFileSync(join(folder, `${name}.txt`), "utf8")
      .replaceAll("\\_", "_")
      .replace(/\s+/g, " ");
    expect([name, text]).toEqual([name, expect.stringContaining(`${database.name} on `)]);
    expect([name, text]).toEqual([name, expect.stringMatching(/PostgreSQL \d+\.\d+/)]);
    expect([name, text]).toEqual([name, expect.stringContaining("2026-02-13 17:04:05 UTC · ")]);
    expect([name, text]).toEqual([name, expect.stringContaining(`ssot ${readVersion()} · schema · --fail-on warn`)]);
  }
  const junit = readFileSync(join(folder, "junit.txt"), "utf8");
  expect(junit).toContain(`timestamp="2026-02-13T17:04:05" hostname="${new URL(database.url).hostname}"`);
  expect(junit).toContain(`<property name="tool" value="ssot ${readVersion()}"/>`);
  expect(junit).toContain(`<property name="options" value="schema --fail-on warn"/>`);
  const { options } = JSON.parse(readFileSync(join(folder, "json.txt"), "utf8"));
  expect(options).toMatchObject({ suite: ["schema"], failOn: "warn", timeout: 60, threshold: {} });
});

test("no password, token or path of a URL is told", async () => {
  const asked = ["--dashboard-url", `http://u:${secret}@127.0.0.1:9/${secret}`, "--token", secret];
  const { stdout, stderr } = await ssot("verify", "schema", "--json", ...asked);
  expect(JSON.parse(stdout).options).toMatchObject({ dashboardUrl: "http://127.0.0.1:9" });
  expect(stdout + stderr).not.toContain(secret);
  expect((await ssot("verify", "schema", ...asked)).stdout).not.toContain(secret);
  const misplaced = await ssot("verify", `postgres://u:${secret}@h/db`, "--json");
  expect(misplaced.stdout + misplaced.stderr).not.toContain(secret);
  const replica = await ssot("audit", "deprecated", "--json", "--replica", `postgres://u:${secret}@127.0.0.1:9/db`);
  expect(JSON.parse(replica.stdout).options).toMatchObject({ replica: ["postgres://127.0.0.1:9/db"] });
  expect(replica.stdout + replica.stderr).not.toContain(secret);
});

test("no option of any command tells what a URL or a token holds", async () => {
  const { signal } = new AbortController();
  const io = { ...process, env: {} };
  const program = await createProgram({ args: [], io, signal, evidence: keepEvidence(), onFinish: () => {} });
  const leaves = (command: Command): readonly Command[] =>
    command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
  const tried = leaves(program).flatMap((command) =>
    [...command.options, ...program.options].map((option) => {
      const holds = /<(url|token)>/.test(option.flags);
      const owner = command.options.includes(option) ? command : program;
      if (holds) owner.setOptionValueWithSource(option.attributeName(), `postgres://u:${secret}@h?k=${secret}`, "cli");
      return holds ? `${command.name()} ${option.long}` : "";
    }),
  );
  expect(tried.filter((name) => name !== "").length).toBeGreaterThan(15);
  for (const command of leaves(program)) expect(JSON.stringify(toldOptions(command))).not.toContain(secret);
});
