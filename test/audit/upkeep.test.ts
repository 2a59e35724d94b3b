import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { auditDeprecated } from "../../src/core/audit/audit-deprecated.ts";
import { pruneAudit } from "../../src/core/audit/prune-audit.ts";
import { rebaseline } from "../../src/core/audit/rebaseline.ts";
import { migrate } from "../../src/core/migrate.ts";
import { status } from "../../src/core/status.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { refusalOf } from "../faults/refusal.ts";
import type { Clones } from "../promises/clones.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, targetOf } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { healthyClones } from "../verify/healthy-case.ts";

let clones: Clones;
let database: TestDatabase;

// Migrated more than a month ago, and nobody has written since.
beforeAll(async () => {
  clones = await healthyClones();
});
beforeEach(async () => {
  database = await clones.clone();
});
afterEach(() => database.drop());
afterAll(() => clones?.drop());

const day = 86_400_000;
const audit = (since = new Date(Date.now() - 30 * day)) =>
  auditDeprecated({ target: targetOf(database.url), since, limit: 20 });
const prune = () => pruneAudit(migrateOptions(database.url));
const write = () => database.sql`update public.calls set caller_name = 'Somebody' where vapi_call_id = 'vapi-seed-01'`;

test("the audit writes nothing, and says when the drop may come", async () => {
  const before = await snapshotDatabase(database.sql);
  const quiet = await audit();
  expect(quiet.phase3).toMatchObject({ ready: true, overdue: true, dropped: false, reasons: [] });
  expect(quiet.witness).toMatchObject({ awake: true, problems: [] });
  expect(await snapshotDatabase(database.sql)).toBe(before);
  await write();
  const { phase3, writes } = await audit();
  expect(phase3.reasons).toEqual([
    { code: "writer", message: expect.any(String), hint: expect.stringContaining("audit") },
  ]);
  const inAMonth = new Date(writes.byColumn[0]?.last ?? 0);
  inAMonth.setUTCMonth(inAMonth.getUTCMonth() + 1);
  expect(phase3.opensAt).toEqual(inAMonth);
});

test("since bounds what is counted, and not what the gate knows", async () => {
  await write();
  await database.sql`update public.deprecated_column_audit set detected_at = now() - interval '10 days'`;
  await database.sql`update ssot.deprecated_write set written_at = now() - interval '10 days'`;
  const [week, month] = [await audit(new Date(Date.now() - 7 * day)), await audit()];
  expect([week.writes.total, month.writes.total]).toEqual([0, 1]);
  expect(week.writes.byColumn.map(({ last }) => last !== null)).toEqual([true, false]);
  expect(week.phase3.reasons.map(({ code }) => code)).toEqual(["writer"]);
});

test("where pg_stat_statements is installed and not loaded, readers are unknown, and all else is answered", async () => {
  await database.sql`create extension pg_stat_statements`;
  const { readers, readersObserved, phase3 } = await audit();
  expect([readers, readersObserved.known, phase3.ready]).toEqual([[], false, true]);
});

test("prune deletes what is past retention, in batches, and nothing else", async () => {
  await database.sql`
    insert into public.deprecated_column_audit (table_name, column_name, operation, seen, role_name, detected_at)
    select 'calls', 'caller_name', 'UPDATE', 'by name', 'old', now() - interval '1 month' - interval '2 days'
    from generate_series(1, 2500)`;
  await write();
  // The write has pruned a few of its own accord.
  expect(await prune()).toEqual({ command: "audit", pruned: 2450 });
  expect(await prune()).toEqual({ command: "audit", pruned: 0 });
  const rows = await database.sql`select role_name from public.deprecated_column_audit`;
  expect(rows).toHaveLength(1);
});

test("rows of the soak month stay, to the day", async () => {
  await database.sql`
    insert into public.deprecated_column_audit (table_name, column_name, operation, seen, role_name, detected_at)
    select 'calls', 'caller_name', 'UPDATE', 'by name', age, now() - age::interval
    from unnest(array['29 days', '1 month -1 hours', '1 month 1 hours 1 days']) as a(age)`;
  await prune();
  const rows = await database.sql`select role_name as age from public.deprecated_column_audit order by 1`;
  expect(rows.map(({ age }) => age)).toEqual(["1 month -1 hours", "29 days"]);
});

test("after the drop the rows that it set aside are pruned as well", async () => {
  await database.sql`
    insert into public.deprecated_column_audit (table_name, column_name, operation, seen, role_name, detected_at)
    values ('calls', 'caller_name', 'UPDATE', 'by name', 'old', now() - interval '3 months')`;
  await migrate(migrateOptions(database.url, { phase3: true }));
  expect(await prune()).toEqual({ command: "audit", pruned: 1 });
  expect((await audit()).phase3).toMatchObject({ dropped: true, ready: false, opensAt: null });
});

test("a database without an audit is refused, by both", async () => {
  const empty = await createTestDatabase();
  const options = migrateOptions(empty.url);
  expect(await refusalOf(empty, () => pruneAudit(options))).toMatchObject({ code: "PREFLIGHT" });
  const asked = auditDeprecated({ target: targetOf(empty.url), since: new Date(), limit: 1 });
  await expect(asked).rejects.toMatchObject({ code: "PREFLIGHT" });
  await empty.drop();
});

/** As after a restore: the same triggers and functions, with new identities. */
async function restore(): Promise<void> {
  const [row] = await database.sql<{ ddl: string }[]>`
    select string_agg(format('drop trigger %I on public.calls; %s; alter table public.calls enable always trigger %I',
                             t.tgname, pg_get_triggerdef(t.oid), t.tgname), '; ') as ddl
    from pg_trigger as t where t.tgrelid = 'public.calls'::regclass and t.tgname like 'warn_deprecated_writes%'`;
  await database.sql.unsafe(row?.ddl ?? "");
}

const swear = () => rebaseline(migrateOptions(database.url));

test("after a restore the gate is closed, and rebaseline starts the month again", async () => {
  await restore();
  expect((await audit()).witness).toMatchObject({ awake: false });
  const { rebaselined } = await swear();
  expect(rebaselined?.since.getTime()).toBeGreaterThan(Date.now() - day);
  const { witness, phase3 } = await audit();
  expect(witness.awake).toBe(true);
  expect(phase3.reasons.map(({ code }) => code)).toEqual(["soak"]);
  const { deprecated } = await status({ target: targetOf(database.url), directory: migrationsDirectory() });
  expect(deprecated[0]?.since).toEqual(rebaselined?.since);
});

test("a witness that is as it was sworn in is left alone, and so is its month", async () => {
  const before = await snapshotDatabase(database.sql);
  expect(await swear()).toEqual({ command: "audit", rebaselined: null });
  expect(await snapshotDatabase(database.sql)).toBe(before);
});

test.each([
  ["a disabled trigger", "alter table public.calls disable trigger warn_deprecated_writes_insert"],
  ["a missing trigger", "drop trigger warn_deprecated_writes_text on public.calls"],
  [
    "a hollow function",
    "create or replace function ssot.trace_write(relation text, col text) returns void language plpgsql set search_path = pg_catalog, pg_temp as 'begin end'",
  ],
])("%s is not sworn in", async (_, damage) => {
  await database.sql.unsafe(damage);
  const refused = await refusalOf(database, swear);
  expect(refused).toMatchObject({ code: "GATE", hint: expect.stringContaining("Nothing was changed") });
});
