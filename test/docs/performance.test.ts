import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rows } from "../../bench/rows/index.ts";
import { packageRoot } from "../../src/model/package-root.ts";

const script = join(packageRoot(), "scripts", "performance-docs.mjs");

test("the table of figures is what performance.json says", () => {
  expect(execFileSync(process.execPath, [script, "--check"], { encoding: "utf8" })).toBe("");
});

test("every row of the benchmark has a line, and every line is a row", () => {
  const page = readFileSync(join(packageRoot(), "docs", "performance.md"), "utf8");
  const lines = [...page.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, id]) => id);
  expect([...new Set(lines)].sort()).toEqual(rows.map(({ id }) => id).sort());
});
