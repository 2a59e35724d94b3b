import { afterEach, beforeEach, expect, test } from "vitest";
import { snapshotDatabase } from "../support/snapshot.ts";
import { dropFile, dropName, markFile, markName } from "./story-files.ts";
import { makeWiki, type Project, pages, users } from "./wiki.ts";

const titles = { ...pages, digits: "20261129101504", words: "pages_title", columns: ["title"] };
const noteName = "20261129101600_note_pages";
const note = {
  name: noteName,
  text: `-- Phase: 1
-- Up Migration
-- step: note
-- lock: none on your tables
-- blocks: nothing
begin;
create table public.noted as select count(*) as n from public.pages;
commit;
-- Down Migration
-- step: forget
-- lock: none on your tables
-- blocks: nothing
begin;
drop table public.noted;
commit;
`,
};

let project: Project;
beforeEach(async () => {
  project = await makeWiki();
  project.tell(markFile(pages), dropFile(pages), markFile(users), dropFile(users));
});
afterEach(() => project.end());

const snapshot = () => snapshotDatabase(project.database.sql);
/** The deprecated columns that are still there. */
const left = async (): Promise<readonly string[]> => {
  const rows = await project.database.sql<{ name: string }[]>`
    select attrelid::regclass || '.' || attname as name from pg_attribute
    where attrelid in ('public.pages'::regclass, 'public.users'::regclass) and not attisdropped
      and attname in ('author_name', 'nick', 'title') order by 1`;
  return rows.map(({ name }) => name);
};
const ledger = async (): Promise<readonly string[]> => {
  const rows = await project.database.sql<{ name: string }[]>`select name from ssot.ledger order by name`;
  return rows.map(({ name }) => name);
};
const age = (mark: string) =>
  project.database.sql`update ssot.ledger set run_on = run_on - interval '32 days' where name = ${mark}`;
const run = async (...args: readonly string[]): Promise<void> => {
  const { exitCode, stdout, stderr } = await project.ssot(...args);
  expect([args.join(" "), exitCode, exitCode === 0 ? "" : stdout + stderr]).toEqual([args.join(" "), 0, ""]);
};
/** The error of a command that is refused, and changes nothing. */
const refusal = async (...args: readonly string[]) => {
  const before = await snapshot();
  const { error, exitCode } = await project.ask<{ error?: { code: string; message: string } }>(...args);
  expect(await snapshot()).toBe(before);
  return { exitCode, ...error };
};

test("all drops at once need every gate open: one closed one refuses all of them, with its name", async () => {
  await run("migrate");
  await age(markName(users));
  const closed = await refusal("migrate", "--phase", "3");
  expect(closed).toMatchObject({ exitCode: 6, code: "GATE" });
  expect(closed.message).toContain(`${dropName(pages)}: one calendar month after`);
  expect(closed.message).not.toContain(dropName(users));
  expect(await left()).toEqual(["pages.author_name", "pages.title", "users.nick"]);
  await age(markName(pages));
  await run("migrate", "--phase", "3");
  expect(await left()).toEqual(["pages.title"]);
});

test.each([
  ["the drop's name", dropName(users)],
  ["the drop's digits", dropName(users).slice(0, 14)],
  ["the mark's name", `${markName(users)}.sql`],
])("--only drops one, by %s, whatever holds the others", async (_, name) => {
  await run("migrate");
  await age(markName(users));
  const plan = await project.ask<{ pending: { name: string }[] }>(
    "migrate",
    "--phase",
    "3",
    "--only",
    name,
    "--dry-run",
  );
  expect(plan.pending.map((migration) => migration.name)).toEqual([dropName(users)]);
  await run("migrate", "--phase", "3", "--only", name);
  expect(await left()).toEqual(["pages.author_name", "pages.title"]);
  const { migrations } = await project.ask<{ migrations: { name: string; state: string }[] }>("status");
  expect(migrations.map(({ state }) => state)).toEqual(["applied", "held", "applied", "applied"]);
});

test("a drop is taken back without the later one, then its mark, and the other deprecation stays as it is", async () => {
  await run("migrate");
  const nicks = () => project.database.sql`select id, nick from public.users order by id`;
  const before = await nicks();
  await age(markName(users));
  await run("migrate", "--phase", "3", "--only", users.digits);
  await age(markName(pages));
  await run("migrate", "--phase", "3", "--only", pages.digits);
  expect(await left()).toEqual(["pages.title"]);
  const plan = await project.ask<{ pending: { name: string }[] }>("rollback", "--only", users.digits, "--dry-run");
  expect(plan.pending.map(({ name }) => name)).toEqual([dropName(users)]);
  await run("rollback", "--only", users.digits, "--yes");
  expect(await left()).toEqual(["pages.title", "users.nick"]);
  expect(await nicks()).toEqual(before);
  await run("rollback", "--only", dropName(users), "--yes");
  expect(await ledger()).toEqual([markName(pages), dropName(pages)]);
  expect(await project.database.sql`select column_name from ssot.deprecated_column`).toEqual([
    { column_name: "author_name" },
  ]);
  await run("rollback", "--only", users.digits, "--yes");
  expect(await ledger()).toEqual([markName(pages), dropName(pages)]);
  await run("rollback", "--only", pages.digits, "--yes");
  expect(await left()).toEqual(["pages.author_name", "pages.title", "users.nick"]);
});

test("what another migration stands on is not taken back alone", async () => {
  await run("migrate");
  await age(markName(pages));
  await run("migrate", "--phase", "3", "--only", pages.digits);
  project.tell(note);
  await run("migrate");
  for (const name of [pages.digits, users.digits]) {
    const refused = await refusal("rollback", "--only", name, "--yes");
    expect(refused).toMatchObject({ exitCode: 6, code: "GATE", message: expect.stringContaining(noteName) });
  }
  await run("rollback", "--yes");
  await run("rollback", "--only", pages.digits, "--yes");
  expect(await left()).toEqual(["pages.author_name", "pages.title", "users.nick"]);
});

test("a drop that derives values from a column which is gone since waits for it: the later drop is named", async () => {
  const { sql } = project.database;
  await sql`alter table public.pages alter column title drop not null`;
  project.tell(dropFile({ ...pages, derive: "t.title" }), markFile(titles), dropFile(titles));
  await run("migrate");
  await age(markName(pages));
  await age(markName(titles));
  await run("migrate", "--phase", "3", "--only", pages.digits);
  await run("migrate", "--phase", "3", "--only", titles.digits);
  const refused = await refusal("rollback", "--only", pages.digits, "--yes");
  expect(refused).toMatchObject({ exitCode: 6, code: "GATE", message: expect.stringContaining(dropName(titles)) });
  await run("rollback", "--only", titles.digits, "--yes");
  await run("rollback", "--only", pages.digits, "--yes");
  expect(await left()).toEqual(["pages.author_name", "pages.title", "users.nick"]);
});

test.each([
  [["migrate", "--only", pages.digits], "--only is for --phase 3 only"],
  [["migrate", "--phase", "3", "--only", "nothing"], "there is no migration nothing"],
  [["migrate", "--phase", "3", "--only", noteName], "deprecates nothing"],
  [["migrate", "--phase", "3", "--only", titles.digits], "no migration drops what"],
  [["rollback", "--yes", "--only", noteName], "deprecates nothing"],
  [["rollback", "--yes", "--only", pages.digits, "--all"], "cannot be used with"],
])("%j is refused", async (args, reason) => {
  project.tell(note, markFile(titles));
  const refused = await refusal(...args);
  expect(refused).toMatchObject({ exitCode: 2, message: expect.stringContaining(reason) });
});

test("status and audit list every deprecation, and --column narrows them to one", async () => {
  const { sql } = project.database;
  await run("migrate");
  await sql`update public.pages set author_name = 'Somebody' where id = 1`;
  await sql`update public.users set nick = 'somebody' where id in (1, 2)`;
  const status = (...args: readonly string[]) =>
    project.ask<{ migrations: { name: string }[]; deprecated: { table: string; column: string }[] }>("status", ...args);
  const audit = (...args: readonly string[]) =>
    project.ask<{
      writes: {
        total: number;
        byColumn: { table: string; writes: number }[];
        byOrg: { writes: number }[];
        recent: unknown[];
      };
      phase3: { reasons: { message: string }[] };
    }>("audit", "deprecated", ...args);

  const all = await status();
  expect(all.deprecated.map(({ table, column }) => `${table}.${column}`)).toEqual(["pages.author_name", "users.nick"]);
  const every = await audit();
  expect(every.writes.byColumn.map(({ table, writes }) => [table, writes])).toEqual([
    ["public.pages", 1],
    ["public.users", 2],
  ]);

  for (const name of ["users.nick", "public.users.nick", 'PUBLIC."users".Nick']) {
    const one = await status("--column", name);
    expect(one.deprecated.map(({ table }) => table)).toEqual(["users"]);
    expect(one.migrations.map((migration) => migration.name)).toEqual([markName(users), dropName(users)]);
    const { writes, phase3 } = await audit("--column", name);
    expect([writes.total, writes.byColumn.length, writes.recent.length]).toEqual([2, 1, 2]);
    expect(writes.byOrg.map(({ writes: n }) => n)).toEqual([2]);
    expect(JSON.stringify(phase3.reasons)).not.toContain("pages");
  }
  await age(markName(users));
  await sql`delete from ssot.deprecated_write`;
  await sql`delete from ssot.column_audit`;
  await run("migrate", "--phase", "3", "--only", users.digits);
  expect(await audit("--column", "users.nick")).toMatchObject({ exitCode: 0, phase3: { dropped: true } });
  expect(await audit()).toMatchObject({ exitCode: 0, phase3: { dropped: false } });
  for (const command of [["status"], ["audit", "deprecated"]]) {
    expect(await refusal(...command, "--column", "pages.nick")).toMatchObject({ exitCode: 2, code: "USAGE" });
    expect(await refusal(...command, "--column", "nick")).toMatchObject({ exitCode: 2, code: "USAGE" });
  }
});

test("finalize --only removes what is kept of one deprecation: the others come back with their values", async () => {
  const { sql } = project.database;
  await run("migrate");
  const authors = () => sql`select id, author_name from public.pages order by id`;
  const before = await authors();
  await sql`update public.users set nick = 'somebody' where id = 1`;
  await sql`update public.pages set author_name = author_name where id = 1`;
  await run("migrate", "--phase", "3", "--force", "--reason", "to look at it");
  const audited = () => sql`select relation, count(*)::integer as n from ssot.column_audit group by 1 order by 1`;
  expect(await audited()).toEqual([
    { relation: "public.pages", n: 1 },
    { relation: "public.users", n: 1 },
  ]);

  const removed = [
    { table: `ssot.dropped_${users.words}`, rows: 11 },
    { table: "ssot.column_audit", rows: 1 },
  ];
  const plan = await project.ask("finalize", "--only", dropName(users), "--dry-run");
  expect(plan).toMatchObject({ exitCode: 0, deprecation: markName(users), removed });
  expect(await audited()).toHaveLength(2);
  const report = await project.ask("finalize", "--only", users.digits, "--yes");
  expect(report).toMatchObject({ exitCode: 0, deprecation: markName(users), removed });
  expect(await audited()).toEqual([{ relation: "public.pages", n: 1 }]);
  expect(await sql`select removed, deprecation from ssot.finalization`).toEqual([
    { removed: { [`ssot.dropped_${users.words}`]: 11, "ssot.column_audit": 1 }, deprecation: markName(users) },
  ]);
  expect(await project.ask("status")).not.toHaveProperty("finalizedAt");

  const refused = await refusal("rollback", "--only", users.digits, "--yes");
  expect(refused).toMatchObject({
    exitCode: 6,
    code: "GATE",
    message: expect.stringContaining("11 values of dropped"),
  });
  await run("rollback", "--only", pages.digits, "--yes");
  expect(await authors()).toEqual(before);
  await run("rollback", "--only", users.digits, "--schema-only", "--yes");
  expect(await sql`select count(nick)::integer as n from public.users`).toEqual([{ n: 0 }]);
});

test("after finalize a rollback of any drop says what it can no longer restore", async () => {
  await run("migrate");
  await run("migrate", "--phase", "3", "--force", "--reason", "to look at it");
  await run("finalize", "--yes");
  for (const { digits } of [pages, users]) {
    const refused = await refusal("rollback", "--only", digits, "--yes");
    expect(refused).toMatchObject({ exitCode: 6, code: "GATE", message: expect.stringContaining("values of dropped") });
  }
});
