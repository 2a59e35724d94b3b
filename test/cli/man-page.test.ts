import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { commandNames } from "../../src/cli/program.ts";
import { packageRoot } from "../../src/model/package-root.ts";

const root = packageRoot();
const page = readFileSync(join(root, "man", "ssot.1"), "utf8");

test("the manual page is what the commands say today: node scripts/man-page.mjs", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["scripts/man-page.mjs", "--print"], {
    cwd: root,
    encoding: "utf8",
  });
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toBe(page);
});

test("the manual page tells of every command, and npm installs it", () => {
  for (const name of commandNames) if (name !== "help") expect(page).toContain(`\n.SS ssot ${name}\n`);
  const { man, files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  expect(man).toEqual(["man/ssot.1"]);
  expect(files).toContain("man");
});
