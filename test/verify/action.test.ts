import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";
import type { TestDatabase } from "../support/database.ts";
import { makeHealthy } from "./healthy-case.ts";

// The composite action's own step, run by bash as a runner runs it.
const action = readFileSync(join(packageRoot(), "action.yml"), "utf8");
const step = /name: ssot verify\n {6}shell: bash[\s\S]*? {6}run: \|\n((?: {8}.*\n?)+)/.exec(action)?.[1] ?? "";
const script = step.replace(/^ {8}/gm, "");
const folder = mkdtempSync(join(tmpdir(), "ssot-action-"));

let database: TestDatabase;

beforeAll(async () => {
  database = await makeHealthy();
});

afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function act(inputs: Readonly<Record<string, string>>) {
  const defaults = {
    SUITES: "",
    FAIL_ON: "fail",
    READ_ONLY: "false",
    RECORD: "false",
    JUNIT: "",
    HTML: "",
    COMMENT: "",
  };
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? "",
      GITHUB_ACTION_PATH: packageRoot(),
      GITHUB_STEP_SUMMARY: join(folder, "summary.md"),
      DATABASE_URL: database.url,
      ...defaults,
      ...inputs,
    },
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk));
  const [exitCode] = await once(child, "close");
  return { exitCode, output };
}

test("the action passes on a healthy database, annotates, and writes summary and reports", async () => {
  const { exitCode, output } = await act({ JUNIT: "verify.xml", HTML: "verify.html", RECORD: "true" });
  expect(output).toMatch(/^::notice title=ssot verify::\d+ of \d+ claims hold/m);
  expect(exitCode).toBe(0);
  expect(readFileSync(join(folder, "summary.md"), "utf8")).toContain("Safe to deploy.");
  expect(readFileSync(join(folder, "verify.xml"), "utf8")).toContain("<testsuites ");
  expect(readFileSync(join(folder, "verify.html"), "utf8")).toContain("<!doctype html>");
});

test("it stops a deploy at a warning where that is asked, at a lost URL, and at a server that is away", async () => {
  expect((await act({ SUITES: "coverage history", FAIL_ON: "warn" })).exitCode).toBe(1);
  expect((await act({ DATABASE_URL: "" })).exitCode).toBe(2);
  expect((await act({ DATABASE_URL: "postgres://nobody@127.0.0.1:1/x" })).exitCode).toBe(3);
});

test("what an input says is no part of the script", async () => {
  const { exitCode, output } = await act({ SUITES: "$(touch stolen); schema" });
  expect(exitCode).toBe(2);
  expect(output).toContain("there is no suite $(touch");
});
