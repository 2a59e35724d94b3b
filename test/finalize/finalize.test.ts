import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { finalize, planFinalize } from "../../src/core/finalize.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { status } from "../../src/core/status.ts";
import { tablesThatTell } from "../erasure/kept-values.ts";
import { aCall } from "../promises/audit-case.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import { columnsLeft } from "../promises/drop-case.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

let clones: Clones;
let database: TestDatabase;

beforeAll(async () => {
  const source = await createTestDatabase();
  await loadDirtyCase(source.sql, { unfixable: true });
  await source.sql`delete from public.appointments where contact_id in (select id from public.contacts where phone = 'ext 12')`;
  await migrate(migrateOptions(source.url, { onUnfixablePhone: "quarantine" }));
  await source.sql`update public.calls set caller_name = 'Irene Told' where id = ${aCall}`;
  clones = await cloneable(source);
});

afterAll(() => clones.drop());

beforeEach(async () => {
  database = await clones.clone();
});

afterEach(() => database.drop());

const finish = () => finalize(migrateOptions(database.url));
const rowsOf = (removed: readonly { readonly table: string; readonly rows: number }[]) =>
  Object.fromEntries(removed.map(({ table, rows }) => [table, rows]));
// Spellings, names and addresses that only the tool knows after the migration.
const secrets = ["(555) 123-4567", "Irene Twice", "Irene Told", "m.duval@example.com", "call me maybe"];

/** Counted past the code under test. */
async function countTables(tables: readonly string[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of tables) {
    const [row] = await database.sql<{ n: number }[]>`select count(*)::integer as n from ${database.sql.unsafe(table)}`;
    counts[table] = row?.n ?? -1;
  }
  return counts;
}

/** The code of the refusal of a rollback, which must not change anything, and what it says. */
async function refusalOfRollback(changes: Parameters<typeof rollbackOptions>[1] = {}) {
  const before = await snapshotDatabase(database.sql);
  const error: unknown = await rollback(rollbackOptions(database.url, changes)).catch((caught: unknown) => caught);
  expect(await snapshotDatabase(database.sql)).toBe(before);
  return error;
}

test("a dry run says what the run then removes, table by table, and changes nothing", async () => {
  const before = await snapshotDatabase(database.sql);
  const planned = await planFinalize(migrateOptions(database.url));
  expect(await snapshotDatabase(database.sql)).toBe(before);
  expect(planned).toMatchObject({ command: "finalize", dryRun: true });
  expect(await countTables(planned.removed.map(({ table }) => table))).toEqual(rowsOf(planned.removed));
  expect(Object.keys(rowsOf(planned.removed))).toEqual([
    "ssot.contact_quarantine",
    "ssot.journal_of_call_numbers",
    "ssot.journal_of_contact_numbers",
    "ssot.journal_of_links",
    "ssot.journal_of_merges",
    "ssot.journal_of_names",
    "ssot.merge_plan",
    "ssot.phone_map",
    "public.deprecated_column_audit",
  ]);
  expect(planned.removed.every(({ bytes }) => bytes > 0)).toBe(true);
  const report = await finish();
  expect(report.dryRun).toBe(false);
  expect(rowsOf(report.removed)).toEqual(rowsOf(planned.removed));
});

test("afterwards no value of anybody is left in the tool's tables, and nothing of yours has changed", async () => {
  const { sql } = database;
  const outside = () => snapshotDatabase(sql, { ignoreSchemas: ["ssot"] });
  const yours = async () => (await outside()).split("\n").filter((line) => !line.includes("Irene Told"));
  for (const secret of secrets) expect([secret, await tablesThatTell(sql, [secret])]).not.toEqual([secret, []]);
  const before = await yours();
  const report = await finish();
  expect(await countTables(report.removed.map(({ table }) => table))).toEqual(
    Object.fromEntries(report.removed.map(({ table }) => [table, 0])),
  );
  expect(await tablesThatTell(sql, secrets)).toEqual([]);
  expect(await yours()).toEqual(before);
});

test("the status knows the migrations as before, and when it was; migrate links what came since", async () => {
  const { sql, url } = database;
  const before = await status(migrateOptions(url));
  expect(before.finalizedAt).toBeUndefined();
  await finish();
  const { finalizedAt, ...after } = await status(migrateOptions(url));
  const states = (report: Pick<typeof before, "migrations">) =>
    report.migrations.map(({ state, appliedAt }) => [state, appliedAt]);
  expect(states(after)).toEqual(states(before));
  const [row] =
    await sql`select finalized_at as "finalizedAt", role_name = session_user as mine from ssot.finalization`;
  expect(row).toEqual({ finalizedAt, mine: true });
  await sql`
    insert into public.calls (org_id, vapi_call_id, call_direction, phone_number)
    select org_id, 'late', 'inbound', '(415) 555-0120' from public.calls where id = ${aCall}`;
  expect(await migrate(migrateOptions(url))).toMatchObject({ applied: [], caughtUp: 1 });
});

test("a writer of the last month still keeps the gate closed, although the audit is empty", async () => {
  const { sql, url } = database;
  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  await finish();
  expect(await sql`select id from public.deprecated_column_audit`).toEqual([]);
  const refused = migrate(migrateOptions(url, { phase3: true }));
  await expect(refused).rejects.toMatchObject({
    code: "GATE",
    message: expect.stringContaining("calls.caller_name was written in the last month"),
  });
  await sql`update ssot.deprecated_write set written_at = written_at - interval '32 days'`;
  await migrate(migrateOptions(url, { phase3: true }));
  expect(await columnsLeft(database)).toEqual([]);
});

test("a rollback says what it can no longer restore, and changes nothing", async () => {
  const { removed } = await finish();
  const links = rowsOf(removed)["ssot.journal_of_links"];
  for (const changes of [{}, { all: false }, { all: false, to: "20260209000100" }]) {
    expect(await refusalOfRollback(changes)).toMatchObject({
      code: "GATE",
      message: expect.stringContaining(`${links} calls that had no contact`),
      hint: expect.stringContaining("--schema-only"),
    });
  }
});

test("with --schema-only the schema goes back and the data stays, but for what was changed since", async () => {
  const { sql, url } = database;
  const [call] = await sql<{ id: string }[]>`
    select c.id from public.calls as c join ssot.journal_of_links as j on j.id = c.id where c.contact_id::text = j.new limit 1`;
  await finish();
  const contacts = () => sql`select id, name, phone, email from public.contacts order by id`;
  const before = await contacts();
  await rollback(rollbackOptions(url, { schemaOnly: true }));
  expect(await contacts()).toEqual(before);
  const [kept] = await sql`select contact_id is not null as linked from public.calls where id = ${call?.id ?? ""}`;
  expect(kept).toEqual({ linked: true });
  const [left] = await sql`
    select to_regnamespace('ssot') as schema, to_regclass('public.calls_with_caller_names') as view,
      (select count(*)::integer from pg_catalog.pg_trigger where tgrelid in ('public.calls'::regclass, 'public.contacts'::regclass)
         and not tgisinternal) as triggers`;
  expect(left).toEqual({ schema: null, view: null, triggers: 0 });
});

test("after the drop the columns come back empty with --schema-only", async () => {
  const { sql, url } = database;
  await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  await sql`truncate ssot.deprecated_write, public.deprecated_column_audit`;
  await migrate(migrateOptions(url, { phase3: true }));
  expect(await tablesThatTell(sql, ["Amelia Stone-Reyes"])).toContain("ssot.dropped_call_columns");
  await finish();
  expect(await tablesThatTell(sql, ["Amelia Stone-Reyes"])).toEqual([]);
  await rollback(rollbackOptions(url, { all: false, schemaOnly: true }));
  expect(await columnsLeft(database)).toEqual(["caller_name", "from_number"]);
  expect(await sql`select id from public.calls where caller_name is not null`).toEqual([]);
});

test("--schema-only is refused where everything can still be restored", async () => {
  expect(await refusalOfRollback({ schemaOnly: true })).toMatchObject({ code: "USAGE" });
});

test("while a migration is half-way nothing is removed, since its journal is needed to go on", async () => {
  const { sql, url } = database;
  await sql`update ssot.run set finished_at = null, direction = 'rollback' where name = '20260209000400_mark_deprecated'`;
  const before = await snapshotDatabase(sql);
  await expect(finish()).rejects.toMatchObject({ code: "GATE", hint: expect.stringContaining("ssot rollback") });
  await expect(planFinalize(migrateOptions(url))).rejects.toMatchObject({ code: "GATE" });
  expect(await snapshotDatabase(sql)).toBe(before);
});

test("a lock that cannot be had ends it with nothing removed", async () => {
  const { sql, url } = database;
  const before = await snapshotDatabase(sql);
  const holder = await sql.reserve();
  await holder`begin`;
  await holder`select count(*) from ssot.journal_of_merges`;
  await expect(finalize(migrateOptions(url, { lockTimeoutMs: 50, lockTries: 2 }))).rejects.toMatchObject({
    code: "LOCK_TIMEOUT",
  });
  await holder`rollback`;
  holder.release();
  expect(await snapshotDatabase(sql)).toBe(before);
});

test("the originals that a complete rollback could not put back are removed, and the schema with them", async () => {
  const { sql, url } = database;
  await sql`update public.contacts set name = 'Corrected' where id in (select id from ssot.journal_of_names)`;
  await rollback(rollbackOptions(url));
  const { removed } = await finish();
  expect(removed.map(({ table }) => table)).toEqual(["ssot.unrestored"]);
  expect(await sql`select 1 from pg_catalog.pg_namespace where nspname = 'ssot'`).toEqual([]);
});

test("where ssot never ran there is nothing to remove, and nothing is left behind", async () => {
  const empty = await createTestDatabase();
  try {
    const before = await snapshotDatabase(empty.sql);
    expect(await finalize(migrateOptions(empty.url))).toEqual({ command: "finalize", dryRun: false, removed: [] });
    expect(await snapshotDatabase(empty.sql)).toBe(before);
  } finally {
    await empty.drop();
  }
});
