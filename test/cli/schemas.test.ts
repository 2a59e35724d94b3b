import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { exitCodes } from "../../src/model/errors.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { cloneDatabase, createTestDatabase, type TestDatabase } from "../support/database.ts";
import { problemsOf, readSchema, schemaNames } from "../support/schemas.ts";
import { callSsot } from "./call-ssot.ts";

let folder: string;
let database: TestDatabase;
let copy: TestDatabase;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ssot-schemas-"));
  mkdirSync(join(folder, "code"));
  writeFileSync(join(folder, "code", "a.ts"), "const name = row.caller_name;\n");
  database = await createTestDatabase();
  await loadDirtyCase(database.sql);
  const { name } = database;
  await database.sql.end({ timeout: 1 });
  copy = await cloneDatabase(name, `${name}_copy`);
  database = await cloneDatabase(name, `${name}_target`);
});

afterAll(async () => {
  await database.drop();
  await copy.drop();
  rmSync(folder, { recursive: true });
});

// callSsot holds every document to its schema; here each command says something at all.
async function document(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout } = await callSsot([...args, "--json", "--database-url", database.url], { directory: folder });
  return JSON.parse(stdout);
}

test("every command prints what its schema says, on a database with all kinds of dirt, from the plan to the way back", async () => {
  const told = [
    await document("status"),
    await document("doctor"),
    await document("verify", "--list"),
    await document("migrate", "--dry-run", "--plan-out", "plan.json"),
    await document("verify", "--show-rows"),
    await document("rehearse", "--on", copy.url, "--for", database.url, "--write-load", "5", "--max-lock", "5s"),
    await document("migrate", "--plan", "plan.json"),
    await document("migrate"),
    await document("migrate", "--phase", "3"),
    await document("verify", "--record"),
    await document("verify"),
    await document("audit", "deprecated", "--source", "code"),
    await document("audit", "record"),
    await document("audit", "source", "code"),
    await document("audit", "prune"),
    await document("audit", "rebaseline", "--yes"),
    await document("deprecate", "contacts.notes", "--reason", "it moved", "--into", "story"),
    await document("export", "--format", "sql", "--dir", "exported"),
    await document("rollback", "--all", "--dry-run", "--plan-out", "back.json"),
    await document("rollback", "--plan", "back.json", "--yes"),
    await document("migrate", "--on-unfixable-phone", "quarantine"),
    await document("finalize", "--dry-run"),
    await document("finalize", "--yes"),
    await document("rollback", "--yes"),
  ];
  const commands = new Set(told.filter((each) => !("error" in each)).map(({ command }) => command));
  const all = schemaNames().map((name) => name.split("-")[0] ?? "");
  const without = new Set(["configuration", "demo", "error", "fleet", "plan"]);
  expect([...commands].toSorted()).toEqual([...new Set(all.filter((name) => !without.has(name)))].toSorted());
  for (const name of ["plan.json", "back.json"])
    expect(problemsOf("plan-file", JSON.parse(readFileSync(join(folder, name), "utf8")))).toEqual([]);
  expect(problemsOf("configuration", JSON.parse(readFileSync(join(folder, "ssot.config.json"), "utf8")))).toEqual([]);
});

test("a schema allows no field that it does not name, and no value of another kind", async () => {
  const status = await document("status");
  expect(problemsOf("status", status)).toEqual([]);
  expect(problemsOf("status", { ...status, further: 1 })).not.toEqual([]);
  expect(problemsOf("status", { ...status, at: "yesterday" })).not.toEqual([]);
  const { server: _, ...less } = status;
  expect(problemsOf("status", less)).not.toEqual([]);
});

test("every schema is one of 2020-12, and says of no object that anything may be in it", () => {
  const open: string[] = [];
  const look = (value: unknown, path: string): void => {
    if (typeof value !== "object" || value === null) return;
    if ("properties" in value && Reflect.get(value, "additionalProperties") !== false) open.push(path);
    for (const [name, each] of Object.entries(value)) look(each, `${path}/${name}`);
  };
  for (const name of schemaNames()) {
    const schema = readSchema(name);
    expect([name, schema.$schema]).toEqual([name, "https://json-schema.org/draft/2020-12/schema"]);
    look(schema, name);
  }
  expect(open).toEqual([]);
});

test("the schemas are what the types say", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/json-schemas.mjs", "--check"], {
    cwd: packageRoot(),
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test("the schema of errors knows every code", () => {
  const text = JSON.stringify(readSchema("error"));
  for (const code of [...Object.keys(exitCodes), "BUG"]) expect(text).toContain(`"${code}"`);
});

test("FORMATS.md names every schema, and the fields that its document has of its own", () => {
  const page = readFileSync(join(packageRoot(), "FORMATS.md"), "utf8");
  const rows = [...page.matchAll(/^\| `schemas\/([\w-]+)\.json` \| [^|]* \| ([^|]*) \|$/gm)].map(
    ([, name, fields = ""]) => [name, [...fields.matchAll(/`([$\w]+)`/g)].map(([, field]) => field).toSorted()],
  );
  const common = new Set(["command", "at", "tool", "server", "target", "options", "durationMs"]);
  const documented = schemaNames().map((name) => {
    const own = [...new Set(fieldsOf(readSchema(name)))].filter((field) => !common.has(field));
    return [name, own.toSorted()];
  });
  expect(rows.toSorted()).toEqual(documented.toSorted());
});

// Of a document, or of any kind of it.
function fieldsOf(schema: unknown): readonly string[] {
  const { anyOf, oneOf, properties } = Object(schema);
  return [...(anyOf ?? []), ...(oneOf ?? [])].flatMap(fieldsOf).concat(Object.keys(properties ?? {}));
}
