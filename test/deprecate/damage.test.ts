import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Clones, cloneable } from "../promises/clones.ts";
import type { TestDatabase } from "../support/database.ts";
import { makeProject, makeWiki, type Project } from "./wiki.ts";

let wiki: Project;
let clones: Clones;
let database: TestDatabase;

// Two deprecations: one that is dropped, and one that is marked.
beforeAll(async () => {
  wiki = await makeWiki();
  const { sql } = wiki.database;
  const done = async (...args: readonly string[]): Promise<void> => {
    const { exitCode, stderr } = await wiki.ssot(...args);
    expect(exitCode, `${args.join(" ")}\n${stderr}`).toBe(0);
  };
  await done("deprecate", "pages.author_name", "--reason", "users.name is the source");
  await done("migrate", "--yes");
  await sql`update ssot.ledger set run_on = run_on - interval '40 days'`;
  await done("migrate", "--phase", "3", "--yes");
  await done("deprecate", "users.nick", "--reason", "nobody shows it");
  await done("migrate", "--yes");
  clones = await cloneable(wiki.database);
});
afterAll(async () => {
  await clones?.drop();
});
beforeEach(async () => {
  database = await clones.clone();
});
afterEach(() => database.drop());

/** What the suite says of the database, by check, once something was done to it. */
async function ask(change: string): Promise<Readonly<Record<string, string>>> {
  await database.sql.unsafe(change);
  const project = makeProject(database);
  project.write("ssot.config.json", JSON.stringify({ packs: [], migrations: `${wiki.folder}/db/ssot` }));
  const { suites } = await project.ask<{ suites: { id: string; checks: { id: string; status: string }[] }[] }>(
    "verify",
    "deprecations",
  );
  return Object.fromEntries(suites.flatMap(({ checks }) => checks.map(({ id, status }) => [id, status])));
}

const all = { marked: "pass", witnessed: "pass", guarded: "pass", rows: "pass", archive: "pass", gate: "pass" };

test("nothing is said of what nobody touched", async () => {
  expect(await ask("select")).toEqual(all);
});

test.each([
  { what: "the comment is gone", change: "comment on column public.users.nick is null", says: { marked: "fail" } },
  {
    what: "the column is gone",
    change: "alter table public.users drop column nick cascade",
    says: { marked: "fail" },
  },
  {
    what: "a trigger is disabled",
    change:
      "do $$ begin execute (select format('alter table public.users disable trigger %I', min(tgname)) from pg_trigger where tgrelid = 'public.users'::regclass and tgname like 'ssot_warn%'); end $$",
    says: { witnessed: "fail", guarded: "skip" },
  },
  {
    what: "the witness was replaced",
    change:
      "create or replace function ssot.see_write() returns trigger language plpgsql as $$ begin return null; end $$",
    says: { guarded: "fail" },
  },
  {
    what: "deletes leave traces",
    change: "alter table public.pages disable trigger ssot_erase_row",
    says: { rows: "fail" },
  },
  { what: "keys are not followed", change: "drop trigger ssot_follow_key on public.users", says: { rows: "fail" } },
  {
    what: "the archive is gone",
    change: "do $$ begin execute (select format('drop table %s', store) from ssot.archive); end $$",
    says: { archive: "fail" },
  },
  {
    what: "the archive lost its column",
    change:
      "do $$ begin execute (select format('alter table %s drop column author_name', store) from ssot.archive); end $$",
    says: { archive: "fail" },
  },
  { what: "somebody writes", change: "update public.users set nick = 'x' where id = 2", says: { gate: "warn" } },
  {
    what: "somebody writes what is due",
    change:
      "update ssot.ledger set run_on = run_on - interval '40 days'; update public.users set nick = 'x' where id = 2",
    says: { gate: "fail" },
  },
])("$what", async ({ change, says }) => {
  const told = await ask(change);
  const others = Object.fromEntries(Object.entries(told).filter(([id]) => !(id in says)));
  expect(told).toMatchObject(says);
  expect(Object.values(others).filter((status) => !["pass", "skip"].includes(status))).toEqual([]);
});
