import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import type { Io } from "../../src/cli/run.ts";
import { callSsot } from "./call-ssot.ts";

test("a process is an Io", () => {
  const io: Io = process;
  expect(io.cwd()).toBe(process.cwd());
});

test("--version prints the version of the package alone", async () => {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(await callSsot(["--version"])).toMatchObject({ exitCode: 0, stdout: `${version}\n`, stderr: "" });
});

test.each(["--help", "help", "migrate --help", "help migrate", "rollback -h", "status --help"])(
  "help is a result, and fits a terminal: ssot %s",
  async (line) => {
    const { exitCode, stdout, stderr } = await callSsot(line.split(" "));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^Usage: ssot/);
    expect(stdout).toContain("Exit codes:\n  0    done");
    expect(stdout).toContain("--database-url <url>");
    expect(stdout).not.toContain("--migrations");
    expect(widest(stdout)).toBeLessThanOrEqual(80);
  },
);

test.each(["migrate", "rollback", "status"])("the help of %s shows an example", async (command) => {
  const { stdout } = await callSsot([command, "--help"]);
  expect(stdout).toMatch(new RegExp(`Examples:\n  ssot ${command}`));
});

test("without a command the help goes to stderr, and it is a mistake", async () => {
  const { exitCode, stdout, stderr } = await callSsot([]);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toMatch(/^Usage: ssot/);
});

test.each([
  [["migrat"], "unknown command 'migrat'", "Did you mean migrate?"],
  [["migrate", "--dryrun"], "unknown option '--dryrun'", "Did you mean --dry-run?"],
  [["status", "now"], "too many arguments", "ssot --help"],
  [["migrate", "--to"], "option '--to <name>' argument missing", "ssot --help"],
])("a mistake is told with what to do: %j", async (args, message, hint) => {
  const { exitCode, stdout, stderr } = await callSsot(args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toContain(`error USAGE: ${message}`);
  expect(stderr).toContain(`hint: ${hint === "ssot --help" ? "See: ssot --help" : hint}`);
});

test.each([
  ["--wait", "soon"],
  ["--wait", "-1"],
  ["--wait", "1.5"],
  ["--lock-timeout", "0"],
  ["--lock-tries", "0"],
  ["--batch-size", "many"],
  ["--batch-size", "99999999999"],
  ["--phase", "2"],
  ["--on-unfixable-phone", "ignore"],
  ["--user-triggers", "drop"],
])("a bad value is refused before anything is done: %s %s", async (option, value) => {
  const { exitCode, stderr } = await callSsot(["migrate", `${option}=${value}`]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("error USAGE:");
  expect(stderr.replaceAll(/\s+/g, " ")).toMatch(/Expected a whole number from [01]|Allowed choices are/);
});

test.each([
  [["--force"], "--phase 3"],
  [["--force", "--reason", "we know"], "--phase 3"],
  [["--force", "--phase", "3"], "needs a reason"],
  [["--force", "--phase", "3", "--reason", " "], "needs a reason"],
  [["--reason", "we know"], "for --force only"],
])("--force goes with --phase 3 and a reason alone: %j", async (args, message) => {
  const { exitCode, stderr } = await callSsot(["migrate", ...args]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("error USAGE:");
  expect(stderr).toContain(message);
});

test.each([
  ["rollback", "--all", "--to", "20260209000100"],
  ["status", "--embedded", "--database-url", "postgres://h/d"],
])("options that contradict each other are refused: %s %s %s", async (...args) => {
  const { exitCode, stderr } = await callSsot([...args, "--yes"]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("cannot be used with option");
});

test("with --json a mistake is one document on stdout, and the same on stderr", async () => {
  const { exitCode, stdout, stderr } = await callSsot(["migrat", "--json"]);
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    error: { code: "USAGE", message: "unknown command 'migrat'", hint: "Did you mean migrate?" },
  });
  expect(stderr).toContain("error USAGE: unknown command 'migrat'");
});

test("with --json a missing command is one document as well", async () => {
  const { exitCode, stdout } = await callSsot(["--json"]);
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "USAGE" } });
});

test.each([
  [["postgres://ann:s3cr@et@db.example.com/app"]],
  [["--databse-url=postgres://ann:s3cr@et@db.example.com/app", "status"]],
  [["status", "--url=postgres://db.example.com/app?password=s3cr@et"]],
])("a password in a misplaced URL is not repeated: %j", async (args) => {
  const { exitCode, stdout, stderr } = await callSsot([...args, "--json"]);
  expect(exitCode).toBe(2);
  expect(stdout + stderr).not.toContain("s3cr");
  expect(stdout + stderr).not.toContain("et@db");
});

test("--embedded before a command does not take its name for a folder", async () => {
  const { stderr } = await callSsot(["--embedded", "status", "--nonsense"]);
  expect(stderr).toContain("unknown option '--nonsense'");
});

function widest(text: string): number {
  return Math.max(...text.split("\n").map((line) => line.length));
}
