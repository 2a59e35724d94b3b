import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";

test("the Edge Function's imports are the versions that this package has", () => {
  const read = (...path: string[]) => JSON.parse(readFileSync(join(packageRoot(), ...path), "utf8"));
  const { version, dependencies } = read("package.json");
  expect(read("examples", "clinic", "supabase", "deno.json").imports).toEqual({
    postgres: `npm:postgres@${dependencies.postgres}`,
    "ssot/webhook": `npm:ssot@${version}/webhook`,
  });
});
