import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";
import { long } from "./tiers.ts";

test("every test that is left out of the short run exists", () => {
  expect(long.filter((path) => !existsSync(join(packageRoot(), path)))).toEqual([]);
});

test("the short run touches every room", () => {
  const root = join(packageRoot(), "test");
  const rooms = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const untouched = rooms.filter(({ name }) => {
    const tests = readdirSync(join(root, name)).filter((file) => file.endsWith(".test.ts"));
    return tests.length > 0 && tests.every((file) => long.includes(`test/${name}/${file}`));
  });
  expect(untouched.map(({ name }) => name)).toEqual([]);
});
