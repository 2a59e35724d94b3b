import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { callSsot } from "../cli/call-ssot.ts";
import { createTestDatabase } from "../support/database.ts";
import { phase1, statesWith } from "../support/phase1.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { markFile, markName } from "./story-files.ts";
import { makeProject, type Project } from "./wiki.ts";

const notes = {
  digits: "20260210000000",
  words: "calls_notes",
  relation: "public.calls",
  columns: ["notes"],
};
const own = { migrations: "db/ssot" };

let project: Project;
beforeAll(async () => {
  const database = await createTestDatabase();
  await loadSeedCase(database.sql);
  project = makeProject(database);
  project.tell(markFile(notes));
});
afterAll(() => project.end());

const configure = (content: object, path = "ssot.config.json"): void => project.write(path, JSON.stringify(content));
const told = async (...args: readonly string[]): Promise<readonly string[]> => {
  const { migrations } = await project.ask<{ migrations: { name: string }[] }>("status", ...args);
  return migrations.map(({ name }) => name);
};
const words = (text: string): string => text.replace(/\s+/g, " ");

test("without a configuration, and with one that does not speak of packs, the story is the pack's", async () => {
  const without = await told();
  expect(without).toHaveLength(statesWith("pending").length);
  configure({ verify: {} });
  expect(await told()).toEqual(without);
});

test("the files of packs and folder are one history, in the order of their digits; no pack, no file of it", async () => {
  const pack = await told();
  configure(own);
  expect(await told()).toEqual([...pack, markName(notes)].toSorted());
  configure({ ...own, packs: ["unknown-caller"] });
  expect(await told()).toEqual([...pack, markName(notes)].toSorted());
  configure({ ...own, packs: [] });
  expect(await told()).toEqual([markName(notes)]);
  configure({ packs: [] });
  expect(await told()).toEqual([]);
});

test("--config names another file, before and after the verb; its folder is found from where it lies", async () => {
  configure({ verify: {} });
  mkdirSync(join(project.folder, "else/where"), { recursive: true });
  configure({ packs: [], migrations: "../../db/ssot" }, "else/where/other.json");
  expect(await told("--config", "else/where/other.json")).toEqual([markName(notes)]);
  const before = await project.ssot("--config", "else/where/other.json", "status", "--json");
  expect(JSON.parse(before.stdout).migrations).toHaveLength(1);
});

test.each([
  [{ packs: ["unknown-caler"] }, "there is no pack unknown-caler; there is: unknown-caller"],
  [{ packs: ["unknown-caller", "unknown-caller"] }, "packs: names a pack twice"],
  [{ packs: "unknown-caller" }, "packs:"],
  [{ migrations: "" }, "migrations:"],
  [{ migration: "db" }, "migration"],
])("%j is refused by every command before anything is asked", async (content, reason) => {
  configure(content);
  const nobody = "postgres://nobody@127.0.0.1:1/none";
  for (const args of [
    ["migrate", "--dry-run"],
    ["rollback", "--yes"],
    ["status"],
    ["verify"],
    ["doctor"],
    ["finalize", "--yes"],
    ["audit", "deprecated"],
    ["audit", "prune"],
    ["export", "--format", "sql"],
  ]) {
    const url = args[0] === "export" ? [] : ["--database-url", nobody];
    const { exitCode, stderr, stdout } = await callSsot([...args, ...url], { directory: project.folder });
    expect([args[0], exitCode, stdout]).toEqual([args[0], 2, ""]);
    expect(words(stderr)).toContain(reason);
  }
});

test("a named file that is not there is refused", async () => {
  const { exitCode, stderr } = await project.ssot("status", "--config", "nowhere.json");
  expect([exitCode, words(stderr)]).toEqual([2, expect.stringContaining("the configuration cannot be read")]);
});

test("two files with the same digits are refused, with both paths", async () => {
  configure(own);
  const twin = `${phase1[1]?.slice(0, 14)}_twin`;
  project.tell({ name: twin, text: markFile(notes).text.replaceAll(markName(notes), twin) });
  const { exitCode, stderr } = await project.ssot("status");
  expect(exitCode).toBe(4);
  const flat = stderr.replace(/\s+/g, "");
  for (const path of [join(migrationsDirectory(), `${phase1[1]}.sql`), join(project.folder, "db/ssot", `${twin}.sql`)])
    expect(flat).toContain(path);
  rmSync(join(project.folder, `db/ssot/${twin}.sql`));
});

test("files of pack and folder are applied and taken back by one command each", async () => {
  configure(own);
  const { sql } = project.database;
  const before = await snapshotDatabase(sql);
  expect((await project.ssot("migrate")).exitCode).toBe(0);
  const ledger = await sql<{ name: string }[]>`select name from ssot.ledger order by name`;
  expect(ledger.map(({ name }) => name)).toEqual([...phase1, markName(notes)].toSorted());
  const columns = await sql`select relation, column_name from ssot.deprecated_column order by column_name`;
  expect(columns.map((row) => row.column_name)).toEqual(["caller_name", "from_number", "notes"]);
  configure({ ...own, packs: [] });
  const unnamed = await project.ssot("migrate");
  expect([unnamed.exitCode, words(unnamed.stderr)]).toEqual([4, expect.stringContaining("or name their pack in")]);
  configure(own);
  expect((await project.ssot("rollback", "--all", "--yes")).exitCode).toBe(0);
  expect(await snapshotDatabase(sql)).toBe(before);
});
