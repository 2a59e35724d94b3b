import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { auditDeprecated } from "../../src/core/audit/audit-deprecated.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { status } from "../../src/core/status.ts";
import { verify } from "../../src/core/verify.ts";
import { listDependents } from "../../src/db/queries/dependents.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions, targetOf } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { makeHealthy, verifyOptions } from "../verify/healthy-case.ts";

const name = "20260210000000_deprecate_notes";
const file = `-- Deprecates calls.notes.
--
-- Phase: 1
\\set migration ${name}
\\ir ../sql/install.sql

-- Up Migration
\\if :{?down}
\\else
-- step: mark
-- lock: SHARE ROW EXCLUSIVE on calls
-- blocks: writers of calls, for a change of the catalog only
begin;
select ssot.deprecate(:'migration', 'public.calls', 'notes', reason => 'a page has notes', replacement => 'pages.notes', quiet => '14 days');
comment on column public.calls.notes is 'DEPRECATED: use pages.notes';
select ssot.watch_writes(:'migration');
select ssot.swear_in(:'migration');
commit;

-- step: record
-- role: record
insert into ssot.ledger (name, run_on) values (:'migration', now() at time zone 'UTC') on conflict (name) do nothing;
\\endif

-- Down Migration
\\if :{?down}
-- step: unmark
-- lock: ACCESS EXCLUSIVE on calls
-- blocks: everything on calls, for a change of the catalog only
begin;
select ssot.undeprecate(:'migration');
select ssot.forget_objects(:'migration');
commit;

-- step: record
-- role: record
delete from ssot.ledger where name = :'migration';
\\endif
`;

const folder = mkdtempSync(join(tmpdir(), "ssot-second-column-"));
let database: TestDatabase;
let before: string;

// The mission's columns are deprecated for more than a month, this one since now.
beforeAll(async () => {
  cpSync(migrationsDirectory(), folder, { recursive: true });
  writeFileSync(join(folder, `${name}.sql`), file);
  database = await makeHealthy();
  before = await snapshot();
  const report = await migrate(migrateOptions(database.url, { directory: folder }));
  expect(report.applied.map((migration) => migration.name)).toEqual([name]);
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await database?.drop();
});

// Where the bookkeeping's numbers stand is no trace.
const snapshot = async () => (await snapshotDatabase(database.sql)).replace(/^sequence \{"name":"ssot\..*$/gm, "");
const audit = () => auditDeprecated({ target: targetOf(database.url), since: new Date(0), limit: 20 });

test("a second deprecation takes one migration file: it is listed with its own date and replacement", async () => {
  const { deprecated } = await status({ target: targetOf(database.url), directory: folder });
  expect(deprecated.map(({ table, column, replacement }) => `${table}.${column}: ${replacement}`)).toEqual([
    "calls.caller_name: calls_with_caller_names.resolved_caller_name",
    "calls.from_number: calls.phone_number",
    "calls.notes: pages.notes",
  ]);
  const notes = deprecated.find(({ column }) => column === "notes");
  expect((notes?.dropAfter.getTime() ?? 0) - (notes?.since.getTime() ?? 0)).toBe(14 * 86_400_000);
});

test("verify looks at its witness and its mark, and the mission's suites hold as before", async () => {
  const report = await verify(await verifyOptions(database.url));
  const bad = report.suites.flatMap(({ id, checks }) =>
    checks.filter((check) => check.status === "fail" || check.status === "error").map((check) => `${id}.${check.id}`),
  );
  expect(bad).toEqual([]);
  const populations = (suite: string) =>
    Object.fromEntries(
      report.suites.find(({ id }) => id === suite)?.checks.map((each) => [each.id, each.population]) ?? [],
    );
  expect(populations("schema")).toMatchObject({ triggers: 7, "deprecated-columns": 2 });
  expect(populations("deprecations")).toEqual({
    marked: 3,
    witnessed: 11,
    guarded: expect.any(Number),
    rows: 3,
    archive: 0,
    gate: 2,
  });
});

test("its dependents are read by the grammar, and close its gate alone", async () => {
  const { sql } = database;
  await sql.unsafe(`
    create function public.shows_notes() returns text language plpgsql as $$
    begin
      return (select c.notes from public.calls as c limit 1);
    end $$;
    create function public.other_notes() returns text language sql as 'select k.notes from public.contacts as k, public.calls as c limit 1'`);
  try {
    expect(await listDependents(sql, name)).toEqual([
      {
        kind: "function",
        name: "public.shows_notes()",
        column: "notes",
        detail: "names notes in line 3",
        certainty: "grammar",
      },
    ]);
    expect(await listDependents(sql)).toEqual([]);
    const { dependents, phase3 } = await audit();
    expect(dependents.map(({ column }) => column)).toEqual(["notes"]);
    expect(phase3.ready).toBe(false);
    expect(phase3.reasons.map(({ code }) => code)).toEqual(["soak", "function"]);
  } finally {
    await sql.unsafe("drop function public.shows_notes(), public.other_notes()");
  }
});

test("a disabled trigger of its witness is noticed by verify and by the gate", async () => {
  const { sql } = database;
  const [trigger] = await sql<{ name: string }[]>`
    select t.tgname as name from pg_trigger as t
    where t.tgrelid = 'public.calls'::regclass and t.tgname like 'ssot_warn%' order by 1 limit 1`;
  await sql`alter table public.calls disable trigger ${sql(trigger?.name ?? "")}`;
  const report = await verify(
    await verifyOptions(database.url, { suites: ["schema", "deprecations"], readOnly: true }),
  );
  const failed = report.suites.flatMap(({ checks }) =>
    checks.filter(({ status }) => ["fail", "warn"].includes(status)),
  );
  expect(failed.map(({ id }) => id)).toEqual(["witnessed"]);
  expect((await audit()).witness).toMatchObject({ awake: false });
  await sql`alter table public.calls enable always trigger ${sql(trigger?.name ?? "")}`;
  await sql`select ssot.swear_in(${name})`;
});

test("a write is audited and shown, and moves its own date only", async () => {
  const { sql } = database;
  await sql`update public.calls set notes = 'written' where vapi_call_id = 'vapi-seed-01'`;
  const { writes, phase3 } = await audit();
  expect(writes.byColumn.map(({ column, writes: n }) => [column, n])).toEqual([
    ["caller_name", 0],
    ["from_number", 0],
    ["notes", 1],
  ]);
  expect(phase3.reasons.map(({ code }) => code)).toEqual(["soak", "writer"]);
  expect((phase3.opensAt?.getTime() ?? 0) - (writes.byColumn[2]?.last?.getTime() ?? 0)).toBe(14 * 86_400_000);
  await sql`update public.calls set notes = null where vapi_call_id = 'vapi-seed-01'`;
});

test("code is searched for its name as well", async () => {
  const code = mkdtempSync(join(tmpdir(), "ssot-second-code-"));
  writeFileSync(join(code, "a.ts"), "call.notes; call.caller_name");
  const { source } = await auditDeprecated({
    target: targetOf(database.url),
    since: new Date(0),
    limit: 1,
    source: code,
  });
  expect(source?.mentions.map(({ column }) => column).toSorted()).toEqual(["caller_name", "notes"]);
  rmSync(code, { recursive: true });
});

test("it is taken back without a trace", async () => {
  await rollback(rollbackOptions(database.url, { directory: folder, all: false }));
  const { deprecated } = await status({ target: targetOf(database.url), directory: folder });
  expect(deprecated.map(({ column }) => column)).toEqual(["caller_name", "from_number"]);
  await database.sql`delete from public.deprecated_column_audit`;
  expect(await snapshot()).toBe(before);
});
