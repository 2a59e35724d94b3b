import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { dropFile, dropName, markFile, markName } from "../deprecate/story-files.ts";
import { makeWiki, type Project, pages, users } from "../deprecate/wiki.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

let wiki: Project;
beforeEach(async () => {
  wiki = await makeWiki();
  wiki.tell(markFile(pages), dropFile(pages));
});
afterEach(() => wiki.end());

const file = (name: string): string => join(wiki.folder, name);
const approve = async (...args: readonly string[]) => {
  const { exitCode, stderr } = await wiki.ssot("migrate", "--dry-run", "--plan-out", file("plan.json"), ...args);
  expect([exitCode, stderr]).toEqual([0, ""]);
  return JSON.parse(readFileSync(file("plan.json"), "utf8"));
};
const refusal = async (): Promise<readonly string[]> => {
  const before = await snapshotDatabase(wiki.database.sql);
  const { exitCode, error } = await wiki.ask<{ error: { message: string } }>("migrate", "--plan", file("plan.json"));
  expect(exitCode).toBe(6);
  expect(await snapshotDatabase(wiki.database.sql)).toBe(before);
  return error.message.split("\n  - ").slice(1);
};
const follow = async () => {
  const { exitCode, stdout, stderr } = await wiki.ssot("migrate", "--plan", file("plan.json"));
  expect([exitCode, exitCode === 0 ? "" : stderr]).toEqual([0, ""]);
  return stdout;
};
const age = (mark: string) =>
  wiki.database.sql`update ssot.ledger set run_on = run_on - interval '32 days' where name = ${mark}`;

test("the table of a deprecated column, and one that its file names, are what a plan stands on", async () => {
  await wiki.database.sql.unsafe("create table public.unrelated (id int primary key)");
  const { catalog, database } = await approve();
  expect(Object.keys(database.tables)).toEqual(["public.pages", "public.users"]);
  expect(Object.keys(catalog)).toContain("column public.pages.author_name");
  await wiki.database.sql.unsafe("alter table public.unrelated add column x int");
  await wiki.database.sql.unsafe("alter table public.pages alter column author_name set default 'x'");
  expect(await refusal()).toEqual([
    expect.stringMatching(/^column public\.pages\.author_name was changed: was text; is text, default md5 /),
  ]);
  await wiki.database.sql.unsafe("alter table public.pages alter column author_name drop default");
  await follow();
});

test("a table that was made anew is told", async () => {
  await approve();
  await wiki.database.sql.unsafe(`alter table public.pages rename to former;
    create table public.pages (like public.former including all); drop table public.former`);
  expect(await refusal()).toContainEqual(expect.stringMatching(/^table public\.pages was made anew: its oid is /));
});

test("a file that was changed, added or is gone is told", async () => {
  await approve();
  const path = join(wiki.folder, "db/ssot", `${markName(pages)}.sql`);
  const text = readFileSync(path, "utf8");
  writeFileSync(path, text.replace("kept elsewhere", "kept in another place"));
  wiki.tell(markFile(users));
  expect(await refusal()).toEqual([
    `migration ${markName(pages)}: its file was changed`,
    `migration ${markName(users)}: its file was added`,
  ]);
  writeFileSync(path, text.replaceAll("\n", "\r\n"));
  rmSync(join(wiki.folder, "db/ssot", `${markName(users)}.sql`));
  rmSync(join(wiki.folder, "db/ssot", `${dropName(pages)}.sql`));
  expect(await refusal()).toEqual([`migration ${dropName(pages)}: its file is gone`]);
  wiki.tell(dropFile(pages));
  await follow();
});

test("a gate that opened since lets nothing be dropped that was held when the plan was approved", async () => {
  wiki.tell(markFile(users), dropFile(users));
  await wiki.ssot("migrate");
  await age(markName(pages));
  const { pending, held } = await approve("--phase", "3");
  expect(pending).toMatchObject([{ name: dropName(pages), effects: { valuesArchived: 48 } }]);
  expect(held).toMatchObject([{ name: dropName(users), codes: ["soak"] }]);
  await age(markName(users));
  expect(await follow()).toContain("its gate is open");
  const columns = await wiki.database.sql<{ name: string }[]>`
    select attname as name from pg_attribute
    where attrelid in ('public.pages'::regclass, 'public.users'::regclass) and attname in ('author_name', 'nick') and not attisdropped`;
  expect(columns.map(({ name }) => name)).toEqual(["nick"]);
  expect(await follow()).toContain("was applied before");
});

test("a gate that closed since is a difference, with its reasons", async () => {
  await wiki.ssot("migrate");
  await age(markName(pages));
  await approve("--phase", "3");
  await wiki.database.sql`update public.pages set author_name = 'Somebody' where id = 1`;
  expect(await refusal()).toEqual([expect.stringMatching(new RegExp(`^${dropName(pages)} would not run: .*writ`))]);
});

test("reasons of the gate that --force overrides are approved by name: another one is refused", async () => {
  await wiki.ssot("migrate");
  const { overridden, options } = await approve("--phase", "3", "--force", "--reason", "agreed");
  expect(options.force).toEqual({ reason: "agreed" });
  expect(overridden).toEqual([{ name: dropName(pages), codes: ["soak"] }]);
  await wiki.database.sql`update public.pages set author_name = 'Somebody' where id = 1`;
  expect(await refusal()).toEqual([expect.stringMatching(`${dropName(pages)}: --force would also override `)]);
  const again = await approve("--phase", "3", "--force", "--reason", "agreed");
  expect(again.overridden).toEqual([{ name: dropName(pages), codes: ["soak", "writer"] }]);
  await follow();
  const runs = await wiki.database.sql`select r.forced from ssot.run as r where r.name = ${dropName(pages)}`;
  expect(runs).toEqual([{ forced: "agreed" }]);
});

test("every table that a team's own migration names is among the facts", async () => {
  const name = "20261130000000_own";
  const step = (title: string, sql: string) =>
    `-- step: ${title}\n-- lock: none\n-- blocks: nothing\nbegin;\n${sql}\ncommit;\n`;
  wiki.tell({
    name,
    text: `-- Phase: 1\n-- Up Migration\n${step("up", "create index users_name on public.users (name);")}-- Down Migration\n${step("down", "drop index public.users_name;")}`,
  });
  await wiki.database.sql.unsafe("create schema elsewhere; create table elsewhere.users (id int)");
  const { database } = await approve();
  expect(Object.keys(database.tables).toSorted()).toEqual(["elsewhere.users", "public.pages", "public.users"]);
  await wiki.database.sql.unsafe("alter table public.users add column x int");
  expect(await refusal()).toEqual(["column public.users.x was added: integer"]);
});
