import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { packageRoot } from "../../src/model/package-root.ts";

const root = packageRoot();
const workflows = readdirSync(join(root, ".github", "workflows")).map((name) => join(".github", "workflows", name));
const read = (path: string): string => readFileSync(join(root, path), "utf8");

test("every workflow is YAML with jobs, and the action has steps", () => {
  for (const path of workflows) expect([path, Object.keys(parse(read(path)).jobs).length > 0]).toEqual([path, true]);
  expect(parse(read("action.yml")).runs.steps.length).toBeGreaterThan(1);
});

test("every action is named by a whole commit, with its version beside it", () => {
  const uses = [
    ...workflows,
    "action.yml",
    join("examples", "github", "deploy.yml"),
    join("docs", "ci.md"),
    join("docs", "any-column.md"),
  ].flatMap((path) =>
    [...read(path).matchAll(/^\s*-?\s*uses:\s*(.*)$/gm)].map(([, action = ""]) => ({ path, action })),
  );
  expect(uses.length).toBeGreaterThan(6);
  const pinned = /^(?:\.\/|[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d.*)$/;
  expect(uses.filter(({ action }) => !pinned.test(action))).toEqual([]);
});

test("every workflow may read the code, and no more", () => {
  expect(workflows.length).toBeGreaterThan(1);
  for (const path of workflows) {
    const text = read(path);
    expect([path, /^permissions:\n {2}contents: read\n(?! )/m.test(text)]).toEqual([path, true]);
    expect([path, [...text.matchAll(/^ *[\w-]+: *write(?:-all)?$/gm)].map(([line]) => line)]).toEqual([path, []]);
    expect([path, text.split("actions/checkout@").length, text.split("persist-credentials: false").length]).toEqual([
      path,
      2,
      2,
    ]);
  }
});

test("no installation of theirs runs a package's script, and the action leaves out what is for development", () => {
  const installs = [...workflows, "action.yml"].flatMap((path) => [...read(path).matchAll(/npm (?:ci|install).*/g)]);
  expect(installs.length).toBe(3);
  for (const [line] of installs) expect(line).toContain("--ignore-scripts");
  expect(read("action.yml")).toMatch(/npm ci --omit=dev --omit=optional --ignore-scripts /);
});

test("the lock is audited by what the workflow checks", () => {
  const { scripts } = JSON.parse(read("package.json"));
  expect(scripts.check).toContain("npm run check:lock");
  expect(scripts["check:lock"]).toBe("node scripts/audit-lock.mjs");
  expect(read(join(".github", "workflows", "ci.yml"))).toContain("run: npm run check\n");
});
