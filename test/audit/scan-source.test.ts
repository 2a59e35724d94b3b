import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { scanSource } from "../../src/core/audit/source/scan-source.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ssot-source-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function put(file: string, text: string | Uint8Array): void {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
}

async function found(): Promise<readonly string[]> {
  const { mentions } = await scanSource(folder);
  return mentions.map(({ file, line, column }) => `${file}:${line} ${column}`);
}

test("names both columns with file, line and text, as whole words alone", async () => {
  put(
    "src/a.ts",
    "const a = 1;\n  row.caller_name = x; row.from_number = y;\nresolved_caller_name; caller_names; $from_number\n",
  );
  put("b.sql", 'select "caller_name" from calls');
  expect(await found()).toEqual(["b.sql:1 caller_name", "src/a.ts:2 caller_name", "src/a.ts:2 from_number"]);
  const { files, mentions } = await scanSource(folder);
  expect(files).toBe(2);
  expect(mentions[1]?.text).toBe("row.caller_name = x; row.from_number = y;");
});

test("leaves out what .gitignore names, nested and negated rules included", async () => {
  for (const file of [
    "dist/a.js",
    "node_modules/x/i.js",
    "pkg/gen/b.ts",
    "pkg/gen/kept.ts",
    "pkg/a.log",
    "src/dist.ts",
  ]) {
    put(file, "caller_name");
  }
  put(".gitignore", "dist/\nnode_modules\n*.log\n");
  put("pkg/.gitignore", "gen/*\n!gen/kept.ts\n!a.log\n");
  expect(await found()).toEqual([
    "pkg/a.log:1 caller_name",
    "pkg/gen/kept.ts:1 caller_name",
    "src/dist.ts:1 caller_name",
  ]);
});

test("leaves out the repository's own folder, links, binary files, and excused lines", async () => {
  put(".git/config", "caller_name");
  put("image.bin", Buffer.from("caller_name\0"));
  put("api.ts", "caller_name: shown, // ssot:ignore a field of our answer\n");
  symlinkSync(folder, join(folder, "loop"));
  expect(await found()).toEqual([]);
});

test("a folder that is not there is refused", async () => {
  await expect(scanSource(join(folder, "none"))).rejects.toMatchObject({ code: "USAGE" });
});
