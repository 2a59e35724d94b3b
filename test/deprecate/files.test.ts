import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { connect } from "../../src/db/connection.ts";
import { targetOf } from "../support/run-options.ts";
import { makeWiki, type Project } from "./wiki.ts";

let project: Project;
beforeEach(async () => {
  project = await makeWiki();
});
afterEach(() => project.end());

const files = () => readdirSync(join(project.folder, "db/ssot"));
const oneLine = (text: string): string => text.replace(/\s+/g, " ");
const deprecate = (...args: readonly string[]) => project.ssot("deprecate", ...args, "--reason", "gone");

test("a column that a file deprecates is refused by that file's name, before and after it is applied", async () => {
  expect((await deprecate("pages.author_name")).exitCode).toBe(0);
  const [mark = ""] = files();
  const refused = async (): Promise<void> => {
    const { exitCode, stderr } = await deprecate("public.pages.author_name");
    expect([exitCode, oneLine(stderr)]).toEqual([
      3,
      expect.stringContaining(
        `like that: - column author_name: ${mark.replace(".sql", "")} deprecates it already hint:`,
      ),
    ]);
    expect(files()).toHaveLength(2);
  };
  await refused();
  expect((await project.ssot("migrate")).exitCode).toBe(0);
  await refused();
  expect((await deprecate("users.nick")).exitCode).toBe(0);
});

test("what would keep the drop from running is listed: a generated column, a view, a function, the want of a key", async () => {
  await project.database.sql.unsafe(`
    create table public.notes (body text, upper text generated always as (upper(body)) stored);
    create view public.bodies as select body from public.notes;
    create function public.first_body() returns text language sql as 'select body from notes limit 1'`);
  const { inTheWay } = await project.ask("deprecate", "notes.body", "--reason", "gone");
  expect(inTheWay).toEqual([
    { kind: "function", name: "public.first_body()", column: "body" },
    { kind: "generated column", name: "public.notes.upper", column: "body" },
    { kind: "view", name: "public.bodies", column: "body" },
    { kind: "table without a key", name: "public.notes", column: "body" },
  ]);
});

test("a drop whose mark is not applied says what to do first, and verify does, too", async () => {
  await deprecate("pages.author_name");
  const { exitCode, stderr } = await project.ssot("migrate", "--phase", "3");
  expect([exitCode, oneLine(stderr)]).toEqual([6, expect.stringContaining("First mark the columns: ssot migrate")]);
  const { stdout } = await project.ssot("verify");
  expect(oneLine(stdout)).toContain("what it looks at is missing: ssot migrate makes it");
  expect(stdout).not.toContain("schema.migrations");
});

test("whoever writes is told what to use, or else the reason, and whom to ask", async () => {
  const hints: string[] = [];
  const application = await connect(targetOf(project.database.url), { onNotice: ({ hint }) => hints.push(hint) });
  try {
    await project.ssot("deprecate", "pages.author_name", "--reason", "nobody reads it", "--owner", "@web");
    await project.ssot("deprecate", "users.nick", "--reason", "Moved.", "--replaced-by", "users.name");
    await project.ssot("migrate");
    await application.sql`update public.pages set author_name = 'Somebody' where id = 1`;
    await application.sql`update public.users set nick = 'Somebody' where id = 1`;
    expect(hints.filter((hint) => hint !== "")).toEqual(["nobody reads it. Ask @web.", "Use users.name."]);
  } finally {
    await application.close();
  }
});

test("the audit names columns as SQL does, one below the other", async () => {
  await project.database.sql.unsafe(
    `create table public."longNames" (id integer primary key, "first name" text, note text)`,
  );
  await deprecate('"longNames"."first name"', '"longNames".note');
  await project.ssot("migrate");
  const { stdout } = await project.ssot("audit", "deprecated");
  expect(stdout).toMatch(/^ {2}"longNames"."first name" none since/m);
  expect(stdout).toMatch(/^ {2}"longNames".note {9}none since/m);
});

test("the list of suites counts the one that there is, at 80 columns", async () => {
  const { stdout } = await project.ssot("verify", "--list");
  expect(stdout.trimEnd()).toMatch(/\n1 suite, 6 checks\. Nothing was asked\.$/);
  expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
});

test("status tells when a drop is due", async () => {
  await deprecate("pages.author_name");
  const due = async (): Promise<readonly boolean[]> => {
    const { migrations } = await project.ask<{ migrations: readonly { due: boolean }[] }>("status");
    return migrations.map((migration) => migration.due);
  };
  expect(await due()).toEqual([false, false]);
  await project.ssot("migrate");
  expect(await due()).toEqual([false, false]);
  await project.database.sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  expect(await due()).toEqual([false, true]);
  await project.ssot("migrate", "--phase", "3");
  expect(await due()).toEqual([false, false]);
});

test("whoever has no calls and no configuration yet is told how to say so", async () => {
  project.write("empty.json", "{}");
  const withoutPack = 'A project without calls says "packs": [] in ssot.config.json; ssot deprecate writes it.';
  for (const [command, exit] of [
    ["migrate", 3],
    ["doctor", 1],
  ] as const) {
    const { exitCode, stdout, stderr } = await project.ssot(command, "--config", "empty.json");
    expect([exitCode, oneLine(stdout + stderr)]).toEqual([exit, expect.stringContaining(withoutPack)]);
  }
});
