import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { exportFiles } from "../../src/core/export.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { readTokens } from "../../src/sql/tokens.ts";
import { callSsot } from "../cli/call-ssot.ts";
import { migrationFiles, plainFiles, throughThePipe } from "./routes.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ssot-export-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const all = [...(await plainFiles(1)), ...(await migrationFiles(3))];
// Linux takes 131,072 bytes as one argument of a command.
const longestArgument = 120_000;
const engine = ["1", "2", "3"].map((part) => `2026020900002${part}_ssot_engine.sql`);
const numbered = ["a", "b", "c"].map((part) => `00${part}_engine.sql`);

test.each(all.map(({ name, sql }) => [name, sql]))("%s holds nothing that gets lost on the way", (_, sql) => {
  expect(sql).not.toMatch(/[\\\t\r]/);
  expect(sql).not.toMatch(/[^\P{Cc}\n]/u);
  expect(throughThePipe(sql)).toBe(sql.replaceAll("\n", " "));
  expect(lineComments(sql)).toEqual([]);
  expect(significant(sql.replaceAll("\n", " "))).toEqual(significant(sql));
});

test.each(all.map(({ name, sql }) => [name, sql]))(
  "%s fits the one argument that the document sends it as",
  (_, sql) => {
    expect(Buffer.byteLength(JSON.stringify({ sql: sql.replaceAll("\n", " ") }))).toBeLessThan(longestArgument);
  },
);

test.each([
  [
    "sql",
    "1",
    [
      ...numbered,
      "01_backfill_contact_ids.sql",
      "02_validate_contact_names.sql",
      "03_create_calls_view.sql",
      "04_mark_deprecated.sql",
    ],
  ],
  ["sql", "3", [...numbered, "05_drop_deprecated_columns.sql"]],
  ["supabase", "1", [...engine, ...(await migrationFiles()).map(({ name }) => name)]],
  ["supabase", "3", [...engine, "20260309000000_drop_deprecated_columns.sql"]],
])("--format %s --phase %s writes its files, and says so in JSON", async (format, phase, names) => {
  const { exitCode, stdout, stderr } = await ssot(
    "--format",
    format,
    "--phase",
    phase,
    "--dir",
    "new/folder",
    "--json",
  );
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const into = join(folder, "new", "folder");
  expect((await readdir(into)).toSorted()).toEqual(names);
  const files = names.map((name) => ({
    name,
    path: join(into, name),
    bytes: readFileSync(join(into, name)).length,
  }));
  expect(JSON.parse(stdout)).toMatchObject({ command: "export", format, files });
});

test("without a folder the SQL goes to stdout, file after file", async () => {
  const { exitCode, stdout } = await ssot("--format", "sql");
  expect(exitCode).toBe(0);
  const files = await exportFiles({ directory: migrationsDirectory(), format: "sql", phase: 1 });
  expect(stdout).toBe(files.map(({ sql }) => sql).join("\n"));
});

test("with a folder the report names the files, and what sends them", async () => {
  const { stdout } = await ssot("--format", "supabase", "--dir", ".");
  for (const { name } of await plainFiles()) expect(stdout).toContain(name);
  expect(stdout).toMatch(/7 files written\. Send with: supabase db push\n$/);
});

test("files of another text are kept, and named, unless --yes replaces them; equal ones are no obstacle", async () => {
  await ssot("--format", "sql", "--dir", ".");
  expect(await ssot("--format", "sql", "--dir", ".")).toMatchObject({ exitCode: 0 });
  writeFileSync(join(folder, "02_validate_contact_names.sql"), "select 1;");
  rmSync(join(folder, "04_mark_deprecated.sql"));
  const refused = await ssot("--format", "sql", "--dir", ".");
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain("error USAGE:");
  expect(refused.stderr).toContain("02_validate_contact_names.sql");
  expect(readFileSync(join(folder, "02_validate_contact_names.sql"), "utf8")).toBe("select 1;");
  expect(await readdir(folder)).not.toContain("04_mark_deprecated.sql");
  expect(await ssot("--format", "sql", "--dir", ".", "--yes")).toMatchObject({ exitCode: 0 });
  expect(readFileSync(join(folder, "02_validate_contact_names.sql"), "utf8")).toContain("/* Step merge_contacts");
});

test.each([
  [[], "--format"],
  [["--format", "xml"], "Allowed choices are sql, supabase"],
  [["--format", "sql", "--phase", "2"], "Allowed choices are 1, 3"],
  [["--format", "supabase"], "--format supabase needs a folder: expected --dir DIR"],
  [["--format", "sql", "--json"], "--json needs a folder: expected --dir DIR"],
  [["--format", "sql", "--dir", "/dev/null/x"], "takes no files"],
])("a mistake is told: %j", async (args, message) => {
  const { exitCode, stderr } = await ssot(...args);
  expect(exitCode).toBe(2);
  expect(stderr.replaceAll(/\s+/g, " ")).toContain(message);
});

const ssot = (...args: readonly string[]) => callSsot(["export", ...args], { directory: folder });

/** Line comments anywhere, bodies and the statements of steps included. */
function lineComments(sql: string): readonly string[] {
  return readTokens(sql).flatMap(({ kind, text }) => {
    if (kind === "line-comment") return [text];
    return kind === "dollar" ? lineComments(text.replace(/^\$\w*\$/, "").replace(/\$\w*\$$/, "")) : [];
  });
}

/** What PostgreSQL reads: no blanks and comments; inside of strings a line end may be a blank. */
function significant(sql: string): readonly string[] {
  return readTokens(sql).flatMap(({ kind, text }) => {
    if (kind === "dollar") return significant(text.replace(/^\$\w*\$/, "").replace(/\$\w*\$$/, ""));
    return kind === "space" || kind.endsWith("comment") ? [] : [text.replaceAll("\n", " ")];
  });
}
