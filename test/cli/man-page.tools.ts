import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";

test("man shows the page without a warning, with options that can be copied", () => {
  const { status, stdout, stderr } = spawnSync("man", ["--warnings", "-l", join(packageRoot(), "man", "ssot.1")], {
    encoding: "utf8",
    env: { PATH: process.env.PATH, LC_ALL: "C.UTF-8", MANWIDTH: "80", MANROFFOPT: "-c" },
  });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("--dry-run");
  expect(stdout).toContain("EXIT STATUS");
});
