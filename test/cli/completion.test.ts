import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { reporterNames } from "../../src/cli/reporters.ts";
import { suites } from "../../verify/index.ts";
import { callSsot } from "./call-ssot.ts";

// The script is sourced by a bash, which then completes as it would behind a TAB.
const folder = mkdtempSync(join(tmpdir(), "ssot-completion-"));
beforeAll(async () => {
  const { exitCode, stdout, stderr } = await callSsot(["completion", "bash"]);
  expect([exitCode, stderr]).toEqual([0, ""]);
  writeFileSync(join(folder, "ssot.bash"), stdout);
  writeFileSync(join(folder, "plan.json"), "");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What bash offers for the last of the words. */
function offered(...words: readonly string[]): readonly string[] {
  const ask = `source ssot.bash
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _ssot
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = spawnSync("bash", ["--norc", "-uc", ask, "bash", ...words], {
    cwd: folder,
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout.trim().split("\n");
}

test("the first word is a command, and each command has its own words and options", () => {
  expect(offered("ssot", "re")).toEqual(["rehearse"]);
  expect(offered("ssot", "ro")).toEqual(["rollback"]);
  expect(offered("ssot", "audit", "re")).toEqual(["record", "rebaseline"]);
  expect(offered("ssot", "migrate", "--dry")).toEqual(["--dry-run"]);
  expect(offered("ssot", "audit", "deprecated", "--fail")).toEqual(["--fail-on-writes", "--fail-on-reads"]);
  expect(offered("ssot", "doctor", "--js")).toEqual(["--json"]);
  expect(offered("ssot", "doctor", "--phase")).toEqual([""]);
  expect(offered("ssot", "help", "mi")).toEqual(["migrate"]);
});

test("suites, reporters, choices and files are offered where they are meant", () => {
  expect(offered("ssot", "verify", "")).toEqual(suites.map(({ id }) => id));
  expect(offered("ssot", "verify", "schema", "cov")).toEqual(["coverage"]);
  expect(offered("ssot", "verify", "--reporter", "")).toEqual([...reporterNames]);
  expect(offered("ssot", "verify", "--reporter", "junit", "=", "pl")).toEqual(["plan.json"]);
  expect(offered("ssot", "verify", "--fail-on", "=", "w")).toEqual(["warn"]);
  expect(offered("ssot", "migrate", "--plan", "pl")).toEqual(["plan.json"]);
  expect(offered("ssot", "migrate", "--with", "")).toEqual(["search"]);
  expect(offered("ssot", "audit", "deprecated", "--by", "")).toEqual(["column", "writer", "day", "org"]);
});

test("what an option takes is no command, and a switch takes nothing", () => {
  expect(offered("ssot", "--config", "verify", "migr")).toEqual(["migrate"]);
  expect(offered("ssot", "--quiet", "migr")).toEqual(["migrate"]);
  expect(offered("ssot", "migrate", "--to", "verify", "--dry")).toEqual(["--dry-run"]);
});

test("a shell that nobody knows is refused with those that are", async () => {
  const { exitCode, stderr } = await callSsot(["completion", "tcsh"]);
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/bash, zsh, fish/);
});
