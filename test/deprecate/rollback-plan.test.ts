import { afterEach, beforeEach, expect, test } from "vitest";
import type { RollbackReport } from "../../src/core/rollback.ts";
import { dropFile, dropName, markFile, markName } from "./story-files.ts";
import { makeWiki, type Project, pages, users } from "./wiki.ts";

let project: Project;

beforeEach(async () => {
  project = await makeWiki();
  project.tell(markFile(pages), dropFile({ ...pages, derive: "t.title" }), markFile(users), dropFile(users));
  await project.ask("migrate");
});

afterEach(() => project.end());

const drop = () => project.ask("migrate", "--phase", "3", "--force", "--reason", "to look at it");
const counts = ({ name, restored, kept, unrestorable, lost }: RollbackReport["rolledBack"][number]) => ({
  name,
  restored,
  kept,
  unrestorable,
  lost,
});

/** Looks, then rolls back; both have to tell the same. Gives what the look told. */
async function foretold(...args: readonly string[]) {
  const dry = await project.ask<{ pending: RollbackReport["rolledBack"] }>("rollback", "--dry-run", ...args);
  const run = await project.ask<{ rolledBack: RollbackReport["rolledBack"] }>("rollback", "--yes", ...args);
  expect([dry.exitCode, run.exitCode]).toEqual([0, 0]);
  expect(run.rolledBack.map(counts)).toEqual(dry.pending.map(counts));
  return dry.pending;
}

test("of any table a dry run tells which values of a dropped column come back, and which are gone with their rows", async () => {
  const { sql } = project.database;
  await drop();
  await sql`delete from public.pages where id in (1, 2, 3)`;
  const [kept] = await sql`select count(author_name)::integer as n from ssot.dropped_pages_author_name`;
  const [plan] = await foretold("--only", dropName(pages));
  expect(plan).toMatchObject({
    restored: { valuesArchived: kept?.n },
    kept: {},
    unrestorable: { valuesArchived: 48 - kept?.n },
    lost: {},
    columns: [{ column: "pages.author_name", kind: "valuesArchived", unrestorable: 48 - kept?.n }],
  });
  const [back] = await sql`select count(author_name)::integer as n from public.pages`;
  expect(back).toEqual({ n: kept?.n });
});

test("what goes with a mark is told: audited writes, traces, and since when the column is deprecated", async () => {
  const { sql } = project.database;
  await sql`update public.users set nick = 'somebody' where id in (1, 2)`;
  const [plan] = await foretold("--only", markName(users));
  expect(plan).toMatchObject({ restored: {}, kept: {}, unrestorable: {}, lost: { auditRows: 2, startDates: 1 } });
  expect(plan?.lost.lastWrites).toBeGreaterThan(0);
});

test("after finalize all values of a drop are told as gone, and the run does not say that they are back", async () => {
  await drop();
  await project.ask("finalize", "--yes");
  const args = ["--only", dropName(users), "--schema-only"];
  const dry = await project.ssot("rollback", "--dry-run", ...args);
  expect(dry.stdout).toContain("gone      10 values: nothing is kept of what they were");
  const run = await project.ssot("rollback", "--yes", ...args);
  expect(run.stdout.replaceAll("\n", " ")).toContain("10 values are gone: nothing is kept of what they were");
  expect(run.stdout).not.toContain("every value");
});

test("a complete rollback of several deprecations is told, and that schema ssot goes", async () => {
  await drop();
  const dry = await project.ask<RollbackReport>("rollback", "--all", "--dry-run");
  expect(dry.stays).toEqual({ schema: false, originals: 0 });
  const pending = await foretold("--all");
  expect(pending.map(({ restored }) => restored)).toEqual([{ valuesArchived: 10 }, { valuesArchived: 48 }, {}, {}]);
  expect(await project.database.sql`select to_regnamespace('ssot') as schema`).toEqual([{ schema: null }]);
});
