import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";

test("the bodies that verify compares with are those that the migrations make", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/function-bodies.mjs", "--check"], {
    cwd: packageRoot(),
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
});
