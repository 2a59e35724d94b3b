import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { refusalOf } from "../faults/refusal.ts";
import { changeEngine } from "../support/changed-engine.ts";
import { migrateOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { dropFile, dropName, markFile, markName } from "./story-files.ts";
import { makeWiki, type Project, pages } from "./wiki.ts";

let project: Project;
beforeEach(async () => {
  project = await makeWiki();
  project.tell(markFile(pages), dropFile(pages));
});
afterEach(() => project.end());

const mark = markName(pages);
const drop = dropName(pages);
const snapshot = () => snapshotDatabase(project.database.sql);
const aMonthLater = () => project.database.sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
const values = () => project.database.sql`select id, author_name from public.pages order by id`;
const ledger = async (): Promise<readonly string[]> => {
  const rows = await project.database.sql<{ name: string }[]>`select name from ssot.ledger order by name`;
  return rows.map(({ name }) => name);
};

/** Expects these exit codes, and shows what was said where one is another. */
async function expectExits(...wanted: readonly (readonly [command: string, exit: number])[]): Promise<void> {
  for (const [command, exit] of wanted) {
    const { exitCode, stdout, stderr } = await project.ssot(...command.split(" "));
    expect([command, exitCode, exitCode === exit ? "" : stdout + stderr]).toEqual([command, exit, ""]);
  }
}

test("before anything is applied every command looks, and changes nothing", async () => {
  const before = await snapshot();
  await expectExits(
    ["status", 0],
    ["status --exit-code", 1],
    ["migrate --dry-run", 0],
    ["migrate --dry-run --phase 3", 0],
    ["doctor", 0],
    ["rollback --dry-run", 0],
    ["rollback --yes", 0],
    ["finalize --dry-run", 0],
    ["finalize --yes", 0],
    ["audit deprecated", 3],
    ["audit record", 3],
    ["audit prune", 3],
    ["export --format sql --json --dir out", 0],
    ["verify", 3],
    ["verify schema", 2],
    ["verify --list", 0],
    ["migrate --phase 3", 6],
  );
  expect(await snapshot()).toBe(before);
});

test("a column is marked, watched, dropped and brought back, and nothing of it is left", async () => {
  const { sql } = project.database;
  const before = await snapshot();
  const written = await values();
  await expectExits(["migrate", 0]);
  expect(await ledger()).toEqual([mark]);
  await sql`update public.pages set author_name = 'Somebody' where id = 1`;
  expect(await sql`select relation, column_name, row_key from ssot.column_audit`).toEqual([
    { relation: "public.pages", column_name: "author_name", row_key: { id: "1" } },
  ]);
  await expectExits(
    ["status", 0],
    ["migrate --dry-run", 0],
    ["migrate", 0],
    ["doctor", 0],
    ["audit deprecated", 0],
    ["audit deprecated --fail-on-writes", 1],
    ["audit record", 0],
    ["audit prune", 0],
    ["audit rebaseline --yes", 0],
    ["verify", 0],
    ["migrate --phase 3", 6],
  );
  await sql`update public.pages set author_name = 'Author 1' where id = 1`;
  await sql`delete from ssot.deprecated_write`;
  await sql`delete from ssot.column_audit`;
  await aMonthLater();
  const plan = await project.ask<{ pending: unknown[] }>("migrate", "--phase", "3", "--dry-run");
  expect(plan.pending).toMatchObject([{ name: drop, effects: { valuesArchived: 48 } }]);
  const report = await project.ask("migrate", "--phase", "3");
  expect(report).toMatchObject({ exitCode: 0, applied: [{ name: drop, effects: { valuesArchived: 48 } }] });
  const columns = await sql<{ name: string }[]>`
    select attname as name from pg_attribute where attrelid = 'public.pages'::regclass and attnum > 0 and not attisdropped`;
  expect(columns.map(({ name }) => name)).toEqual(["id", "title", "author_id"]);
  expect(await ledger()).toEqual([mark, drop]);
  await expectExits(
    ["status --exit-code", 0],
    ["audit deprecated", 0],
    ["doctor", 0],
    ["rollback --dry-run", 0],
    ["verify", 0],
  );
  await expectExits(["rollback --yes", 0]);
  expect(await values()).toEqual(written);
  expect(await ledger()).toEqual([mark]);
  await expectExits(["rollback --yes", 0]);
  expect(await snapshot()).toBe(before);
});

test("tables that are called as the mission's are none of anybody's business", async () => {
  const { sql } = project.database;
  await sql.unsafe(`
    create role "stranger of contacts" nologin;
    create table public.contacts (id integer primary key, telephone text);
    create table public.organizations (title text);
    create view public.calls as select 1 as id;
    create function public.tell() returns trigger language plpgsql as 'begin return new; end';
    alter function public.tell() owner to "stranger of contacts";
    create trigger tell after update on public.contacts for each row execute function public.tell()`);
  try {
    const before = await snapshot();
    await expectExits(["doctor", 0], ["migrate --dry-run", 0], ["migrate", 0], ["rollback --yes", 0]);
    expect(await snapshot()).toBe(before);
  } finally {
    await sql.unsafe(
      `drop trigger tell on public.contacts; drop function public.tell(); drop role "stranger of contacts"`,
    );
  }
});

test("a trigger of somebody's stops the rollback that would fire it, by its name", async () => {
  const { sql } = project.database;
  await expectExits(["migrate", 0]);
  await aMonthLater();
  await expectExits(["migrate --phase 3", 0]);
  await sql.unsafe(`
    create function public.tell() returns trigger language plpgsql as 'begin return new; end';
    create trigger tell after update on public.pages for each row execute function public.tell()`);
  const { exitCode, stderr } = await project.ssot("rollback", "--yes");
  expect([exitCode, stderr]).toEqual([3, expect.stringContaining("pages.tell (AFTER UPDATE)")]);
  expect(await ledger()).toEqual([mark, drop]);
  await expectExits(["rollback --yes --user-triggers fire", 0]);
  expect(await ledger()).toEqual([mark]);
});

test("exported files do the same without ssot", async () => {
  const { sql } = project.database;
  const before = await snapshot();
  const written = await values();
  const send = async (...args: readonly string[]): Promise<void> => {
    const { stdout } = await project.ssot("export", "--format", "sql", ...args);
    await sql.unsafe(stdout);
  };
  await send();
  expect(await ledger()).toEqual([mark]);
  await aMonthLater();
  await send("--phase", "3");
  expect(await ledger()).toEqual([mark, drop]);
  await expect(values()).rejects.toThrow("author_name");
  await expectExits(["status --exit-code", 0], ["rollback --yes", 0]);
  expect(await values()).toEqual(written);
  await expectExits(["rollback --yes", 0]);
  expect(await snapshot()).toBe(before);
});

test("verify asks the project's own suites, its probes included", async () => {
  const library = pathToFileURL(join(packageRoot(), "dist", "src", "checks", "public.js")).href;
  mkdirSync(join(project.folder, "checks"));
  project.write(
    "checks/pages.mjs",
    `import { defineCheck, defineProbe, defineSuite, sql, z } from ${JSON.stringify(library)};
     export default defineSuite({ id: "pages", title: "pages are whole", checks: [
       defineCheck({ id: "authors", claim: "each page has an author", hint: "give it one", row: z.object({ id: z.coerce.number() }),
         population: sql\`select count(*) as population from public.pages\`, sql: sql\`select p.id from public.pages as p where p.author_id is null\` }),
       defineProbe({ id: "titles", claim: "a title may be changed", hint: "look at it", probe: async ({ sql }) => {
         const changed = await sql\`update public.pages set title = 'changed' where id = 1 returning id\`;
         return { population: 1, broken: 1 - changed.length };
       } })] });`,
  );
  const ask = () => project.ask<{ counts: unknown }>("verify", "--suites", "checks");
  expect(await ask()).toMatchObject({
    exitCode: 0,
    suites: [{ id: "deprecations" }, { id: "pages" }],
    counts: { pass: 2 },
  });
  await expectExits(["migrate", 0], ["verify --suites checks --record", 0], ["verify --list --suites checks", 0]);
  await project.database.sql`update public.pages set author_id = null where id = 2`;
  expect(await ask()).toMatchObject({ exitCode: 1, counts: { fail: 1 } });
  expect(await project.database.sql`select count(*)::integer as n from public.pages where title = 'changed'`).toEqual([
    { n: 0 },
  ]);
});

test("an upgrade of the engine waits for whoever writes a watched table", async () => {
  await expectExits(["migrate", 0]);
  const next = await changeEngine([
    { file: "sql/install.sql", from: "\\set engine_version 2", to: "\\set engine_version 1000" },
  ]);
  const writer = await project.database.sql.reserve();
  const options = { ...migrateOptions(project.database.url), directory: join(project.folder, "db/ssot") };
  try {
    await writer`begin`;
    await writer`update public.pages set title = 'another' where id = 1`;
    const refusal = await refusalOf(project.database, () =>
      migrate({
        ...options,
        phase3: true,
        force: { reason: "to try it" },
        engineDirectory: next.engineDirectory,
        lockTries: 1,
      }),
    );
    expect([refusal.code, refusal.message]).toEqual([
      "LOCK_TIMEOUT",
      expect.stringContaining("the engine could not be upgraded"),
    ]);
  } finally {
    await writer`rollback`;
    writer.release();
    await next.remove();
  }
});
