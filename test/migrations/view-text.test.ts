import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";

const read = (path: string): string => readFileSync(join(packageRoot(), path), "utf8");
const oneLine = (text: string): string =>
  text
    .replaceAll(/\/\*.*?\*\//g, "")
    .replaceAll(/\s+/g, " ")
    .trim();

test("the engine compares views with the very text that the migration makes", () => {
  const made = /create view public\.calls_with_caller_names with \(security_invoker = true\) as\s+(select[^;]*);/.exec(
    read("migrations/20260209000300_create_calls_view.sql"),
  )?.[1];
  const compared = /select '(select[\s\S]*)';\n\$\$/.exec(read("sql/objects/calls_view.sql"))?.[1];
  expect(oneLine(made ?? "none")).toBe(oneLine((compared ?? "").replaceAll("''", "'")));
});
