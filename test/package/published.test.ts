import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";
import { type Consumer, makeConsumer } from "./consumer.ts";

let consumer: Consumer;
beforeAll(() => {
  consumer = makeConsumer([]);
});
afterAll(() => consumer?.remove());

test("publint has nothing to say about the packed package", async () => {
  const tarball = new Uint8Array(readFileSync(consumer.tarball)).buffer;
  const { messages, pkg } = await publint({ pack: { tarball }, strict: true });
  expect(pkg).toMatchObject({ name: "ssot" });
  expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
});

test("every entry point has types that are right for ES modules", () => {
  const program = join(packageRoot(), "node_modules", "@arethetypeswrong", "cli", "dist", "index.js");
  const options = ["--profile", "esm-only", "--format", "json", "--no-definitely-typed"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, consumer.tarball, ...options], {
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  const { analysis } = JSON.parse(stdout);
  const { exports } = JSON.parse(readFileSync(join(packageRoot(), "package.json"), "utf8"));
  expect(Object.keys(analysis.entrypoints).sort()).toEqual(Object.keys(exports).sort());
});
