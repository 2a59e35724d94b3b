import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import type { TestDatabase } from "../support/database.ts";
import { loadBefore, loadUpgradeFixture, type UpgradeStateName, upgradeStates } from "../support/upgrade-fixtures.ts";

const phase1 = [
  "20260209000100_backfill_contact_ids",
  "20260209000200_validate_contact_names",
  "20260209000300_create_calls_view",
  "20260209000400_mark_deprecated",
];
const search = "20260209000500_search_indexes";
const drop = "20260309000000_drop_deprecated_columns";

/** What the ledger of each state says. */
const ledgers: Readonly<Record<UpgradeStateName, readonly string[]>> = {
  "migration-1": phase1.slice(0, 1),
  "migration-2": phase1.slice(0, 2),
  "migration-3": phase1.slice(0, 3),
  "migration-4": phase1,
  search: [...phase1, search],
  dropped: [...phase1, drop],
  finalized: phase1,
  "dropped-finalized": [...phase1, drop],
  "interrupted-link-calls": [],
  "interrupted-drop": phase1,
  psql: phase1,
  "by-hand": phase1,
  "by-hand-drop-failed": phase1,
  "set-aside": phase1,
  "rolled-back": [],
};

let databases: readonly TestDatabase[] = [];

afterEach(async () => {
  for (const database of databases) await database.drop();
  databases = [];
});

async function open(loaded: Promise<TestDatabase>): Promise<TestDatabase["sql"]> {
  const database = await loaded;
  databases = [...databases, database];
  return database.sql;
}

test.each(upgradeStates)("$name, $what: books, columns and witness are those of 0.1.0", async (state) => {
  const { name, interrupted } = state;
  const sql = await open(loadUpgradeFixture(name));
  const dropped = ledgers[name].includes(drop);
  const columns = await sql`
    select attname as name from pg_catalog.pg_attribute
    where attrelid = 'public.calls'::regclass and attname in ('caller_name', 'from_number') and not attisdropped
    order by attname`;
  expect(columns.map((column) => column.name)).toEqual(dropped ? [] : ["caller_name", "from_number"]);
  if (name === "rolled-back") return;

  const [books] = await sql`
    select array(select l.name from ssot.ledger as l order by l.id) as ledger,
           array(select r.name from ssot.run as r where r.finished_at is null order by r.name) as half_way,
           to_regclass('ssot.engine') is null as is_old`;
  const halfWay = interrupted === "migrate" ? phase1.slice(0, 1) : interrupted === undefined ? [] : [drop];
  expect(books).toEqual({ ledger: ledgers[name], half_way: halfWay, is_old: true });
  const released: unknown = JSON.parse(await readFile(join(migrationsDirectory(), "released.json"), "utf8"));
  const runs = await sql<{ name: string; direction: string; checksums: string[] }[]>`
    select name, direction, array[checksum] as checksums from ssot.run order by name`;
  expect(runs.map((run) => run.name)).toEqual(name === "psql" ? [] : [...ledgers[name], ...halfWay]);
  for (const run of runs) {
    expect(run.direction).toBe("migrate");
    expect(released).toMatchObject({ [run.name]: run.checksums });
  }

  if (dropped || !ledgers[name].includes("20260209000400_mark_deprecated")) return;
  const [seen] = await sql`
    select (select count(*)::integer from ssot.witness) as sworn,
           array(select b.message from ssot.phase3_blockers() as b order by b.message) as blockers,
           ssot.view_is_ours() as view_is_ours`;
  expect(seen).toEqual({ sworn: 9, blockers: [], view_is_ours: true });
});

test.each([
  ["migration-1", 33],
  ["by-hand", 14],
  ["set-aside", 33],
] as const)("before %s there were %i calls, and nothing of ours", async (name, calls) => {
  const sql = await open(loadBefore(name));
  const [seen] = await sql`
    select to_regnamespace('ssot') is null as is_untouched, (select count(*)::integer from public.calls) as calls`;
  expect(seen).toEqual({ is_untouched: true, calls });
});

test("migration-1 has made 15 links, and two calls wait", async () => {
  const sql = await open(loadUpgradeFixture("migration-1"));
  const [seen] = await sql`
    select (select count(*)::integer from ssot.journal_calls_contact_id) as journaled,
           array(select c.vapi_call_id from public.calls as c where c.contact_id is null and c.vapi_call_id ^@ 'late-' order by c.id) as waiting`;
  expect(seen).toEqual({ journaled: 15, waiting: ["late-1901", "late-1902"] });
});

test("migration-4 holds a change of each kind, and the writes that were seen", async () => {
  const sql = await open(loadUpgradeFixture("migration-4"));
  const tally = await sql`select what, n::integer as n from ssot.tally where direction = 'migrate' order by what`;
  expect(Object.fromEntries(tally.map(({ what, n }) => [what, n]))).toEqual({
    callsLinked: 17,
    callsUnlinked: 12,
    contactsMerged: 5,
    namesReplaced: 3,
    namesRescued: 1,
    phonesNormalised: 15,
  });
  const kinds = await sql`select kind, count(*)::integer as n from ssot.merge_journal group by kind order by kind`;
  expect(kinds).toMatchObject([
    { kind: "delete", n: 5 },
    { kind: "fill", n: 8 },
    { kind: "repoint", n: 24 },
  ]);
  const writes = await sql`
    select column_name, operation, seen, call_id is not null as has_call, old_value, new_value
    from public.deprecated_column_audit order by detected_at`;
  expect(writes.map((row) => Object.values(row))).toEqual([
    ["caller_name", "UPDATE", "by name", true, "Maya Okafor", "Maya O."],
    ["caller_name", "UPDATE", "by name", true, "Maya O.", "Maya Okafor"],
    ["from_number", "UPDATE", "by name", true, "(415) 555-0102", "(415) 555-0102"],
    ["caller_name", "INSERT", "by text", false, null, null],
    ["caller_name", "INSERT", "by value", false, null, null],
  ]);
  const [traces] =
    await sql`select count(*)::integer as n, count(distinct role_name)::integer as roles from ssot.deprecated_write`;
  expect(traces).toEqual({ n: 5, roles: 1 });
});

test("search has its functions and indexes", async () => {
  const sql = await open(loadUpgradeFixture("search"));
  const [found] = await sql`
    select total::integer as total
    from ssot_search.find_calls('a0000000-0000-4000-8000-000000000001', 'okafor', 10, 0, null, null, null)`;
  expect(found).toEqual({ total: 3 });
});

test("dropped keeps the values, and what was filled over", async () => {
  const sql = await open(loadUpgradeFixture("dropped"));
  const [kept] = await sql`
    select count(*)::integer as rows, count(filled)::integer as filled, count(filled_over)::integer as over_blanks,
           (select count(*)::integer from ssot.deprecated_column_audit) as audited
    from ssot.dropped_call_columns`;
  expect(kept).toEqual({ rows: 32, filled: 5, over_blanks: 1, audited: 5 });
});

test.each(["finalized", "dropped-finalized"] as const)("%s can put no value back", async (name) => {
  const sql = await open(loadUpgradeFixture(name));
  const [left] = await sql`
    select (select count(*)::integer from ssot.journal_calls_contact_id) as links,
           (select count(*)::integer from ssot.merge_journal) as merges,
           (select count(*)::integer from ssot.finalization) as finalizations`;
  expect(left).toEqual({ links: 0, merges: 0, finalizations: 1 });
});

test("interrupted-link-calls has made 10 of 17 links", async () => {
  const sql = await open(loadUpgradeFixture("interrupted-link-calls"));
  const [stand] = await sql`
    select t.planned::integer as planned, t.done::integer as done,
           (select count(*)::integer from public.calls as c join ssot.journal_calls_contact_id as j
            on j.id = c.id and j.new = c.contact_id) as linked,
           (select r.step from ssot.run_step as r order by r.finished_at desc limit 1) as last_step
    from ssot.task as t where t.task = 'calls.contact_id'`;
  expect(stand).toEqual({ planned: 17, done: 10, linked: 10, last_step: "idx_contacts_org_phone" });
});

test("interrupted-drop has passed 25 of 33 calls", async () => {
  const sql = await open(loadUpgradeFixture("interrupted-drop"));
  const [stand] = await sql`
    select c.passed::integer as passed, (select count(filled)::integer from ssot.dropped_call_columns) as filled,
           array(select t.tgname from pg_catalog.pg_trigger as t
                 where t.tgrelid = 'public.calls'::regclass and t.tgname ^@ 'ssot_archive' order by t.tgname) as triggers
    from ssot.archive_cursor as c`;
  expect(stand).toEqual({
    passed: 25,
    filled: 1,
    triggers: ["ssot_archive_delete", "ssot_archive_insert", "ssot_archive_update"],
  });
});

test("by-hand has adopted objects and an audit with its rows", async () => {
  const sql = await open(loadUpgradeFixture("by-hand"));
  const [adopted] = await sql`
    select (select count(*)::integer from ssot.adopted_column_audit) as audited,
           array(select o.kind from ssot.object_journal as o where o.outcome = 'replaced' order by o.kind, o.name) as replaced,
           array(select o.name from ssot.object_journal as o where o.outcome = 'kept' order by o.name) as kept`;
  expect(adopted).toEqual({
    audited: 3,
    replaced: ["check", "check", "comment", "comment", "function", "index", "table", "trigger", "view"],
    kept: ["idx_calls_contact_id", "idx_contacts_org_phone_unique"],
  });
});

test("by-hand-drop-failed has everything archived, and the columns still", async () => {
  const sql = await open(loadUpgradeFixture("by-hand-drop-failed"));
  const [stand] = await sql`
    select (select count(*)::integer from ssot.dropped_call_columns) as archived,
           (select r.step from ssot.run_step as r order by r.finished_at desc limit 1) as last_step`;
  expect(stand).toEqual({ archived: 14, last_step: "copy" });
});

test("set-aside has the contact and its message's reference", async () => {
  const sql = await open(loadUpgradeFixture("set-aside"));
  const set = await sql`
    select q.image ->> 'phone' as phone, (select count(*)::integer from ssot.merge_journal as j where j.kind = 'quarantine') as journaled,
           (select m.contact_id from public.messages as m where m.body = 'hello') as reference
    from ssot.contact_quarantine as q`;
  expect(set).toEqual([{ phone: "call me maybe", journaled: 1, reference: null }]);
});

test("rolled-back has left one original, and nothing else", async () => {
  const sql = await open(loadUpgradeFixture("rolled-back"));
  const tables = await sql`
    select relname as name from pg_catalog.pg_class where relnamespace = 'ssot'::regnamespace and relkind = 'r' order by relname`;
  expect(tables).toEqual([{ name: "unrestored" }]);
  const originals = await sql`select column_name, original, reason from ssot.unrestored`;
  expect(originals).toEqual([{ column_name: "name", original: null, reason: "changed since" }]);
});
