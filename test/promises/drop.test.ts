import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { dirtyCallId, dirtyContactId } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import type { Clones } from "./clones.ts";
import { columnsLeft, openGate } from "./drop-case.ts";

let clones: Clones;
let database: TestDatabase;

beforeAll(async () => {
  clones = await openGate();
});

afterAll(() => clones.drop());

beforeEach(async () => {
  database = await clones.clone();
});

afterEach(() => database.drop());

const drop = () => migrate(migrateOptions(database.url, { phase3: true }));
const rollBackOne = () => rollback(rollbackOptions(database.url, { all: false }));

interface Values {
  readonly id: string;
  readonly caller_name: string | null;
  readonly from_number: string | null;
}

const readValues = () => database.sql<Values[]>`
  select id, caller_name, from_number from public.calls order by id`;

async function phoneOf(call: number): Promise<unknown> {
  const [row] = await database.sql`select phone_number from public.calls where id = ${dirtyCallId(call)}`;
  return row?.phone_number;
}

async function unrestored(): Promise<readonly object[]> {
  return database.sql`
    select relation, row_key ->> 'id' as id, column_name as column, original from ssot.unrestored order by row_key ->> 'id', column_name`;
}

/** Everything but the view's text: columns that come back stand at its end. */
async function snapshotWithoutView(): Promise<string> {
  const lines = (await snapshotDatabase(database.sql, { ignoreSchemas: ["ssot"] })).split("\n");
  return lines.filter((line) => !line.startsWith("view ")).join("\n");
}

test("columns, triggers, function and audit are gone from public; the view is there with its grants", async () => {
  const { sql } = database;
  await drop();
  expect(await columnsLeft(database)).toEqual([]);
  expect(
    await sql`select tgname from pg_catalog.pg_trigger where tgrelid = 'public.calls'::regclass and not tgisinternal`,
  ).toEqual([{ tgname: "ssot_erase_deleted" }]);
  const [gone] = await sql`
    select to_regclass('public.deprecated_column_audit') as audit, to_regclass('public.idx_calls_from_number') as index,
      to_regproc('public.check_deprecated_column_writes_with_audit') as function`;
  expect(gone).toEqual({ audit: null, index: null, function: null });
  const [row] = await sql`
    select resolved_caller_name from public.calls_with_caller_names where id = ${dirtyCallId(1001)}`;
  expect(row).toEqual({ resolved_caller_name: "Amelia Stone-Reyes" });
});

test("every value is in the archive, with the key of each call", async () => {
  const before = await readValues();
  const report = await drop();
  const archived = await database.sql`
    select call_id as id, caller_name, from_number from ssot.dropped_call_columns order by call_id`;
  expect([...archived]).toEqual([...before]);
  const values = before.flatMap((row) => [row.caller_name, row.from_number]).filter((value) => value !== null);
  expect(report.applied[0]?.effects.valuesArchived).toBe(values.length);
});

test("an inbound call without phone_number gets from_number, in E.164; no other call changes", async () => {
  const read = () =>
    database.sql<{ id: string; phone_number: string | null }[]>`select id, phone_number from public.calls order by id`;
  const before = await read();
  await drop();
  const filled = new Map([
    [dirtyCallId(1011), "+14155550104"],
    [dirtyCallId(1077), "+14155550120"],
    [dirtyCallId(1080), "+14155550120"],
  ]);
  expect([...(await read())]).toEqual(
    before.map((row) => ({ id: row.id, phone_number: filled.get(row.id) ?? row.phone_number })),
  );
});

test("rollback brings columns, values, indexes, comments, grants and triggers back, and the audit's rows", async () => {
  const { sql } = database;
  await sql`
    insert into public.deprecated_column_audit (table_name, column_name, operation, seen, role_name, detected_at)
    values ('calls', 'caller_name', 'UPDATE', 'by name', 'long ago', now() - interval '40 days')`;
  await sql.unsafe(`
    grant select (caller_name), update (from_number) on public.calls to pg_monitor;
    alter table public.calls alter column caller_name set default 'nobody';
    create index names on public.calls using hash (caller_name)`);
  const before = await snapshotWithoutView();
  const viewGrants = () => sql`
    select relacl::text, reloptions, obj_description(oid, 'pg_class') as comment from pg_catalog.pg_class
    where oid = 'public.calls_with_caller_names'::regclass`;
  const view = await viewGrants();
  await drop();
  expect(await viewGrants()).toEqual(view);
  const report = await rollBackOne();
  expect(report.rolledBack).toMatchObject([{ kept: {} }]);
  expect(await snapshotWithoutView()).toBe(before);
  expect(await viewGrants()).toEqual(view);
});

test("the witnesses of the columns that came back are awake, and the gate knows them", async () => {
  await drop();
  await rollBackOne();
  expect(await database.sql`select code from ssot.phase3_blockers()`).toEqual([]);
  await database.sql`update public.calls set caller_name = 'x' where id = ${dirtyCallId(1001)}`;
  expect(await database.sql`select code from ssot.phase3_blockers()`).toEqual([{ code: "writer" }]);
});

test("a number that somebody corrected since the drop is kept; the blank before it is noted", async () => {
  await drop();
  await database.sql`update public.calls set phone_number = '+16505550999' where id = ${dirtyCallId(1080)}`;
  await rollBackOne();
  expect(await phoneOf(1080)).toBe("+16505550999");
  expect(await phoneOf(1011)).toBeNull();
  expect(await phoneOf(1077)).toBe("");
  expect(await unrestored()).toEqual([
    { relation: "public.calls", id: dirtyCallId(1080), column: "phone_number", original: null },
  ]);
});

test("what is written between the return of the columns and of their values is kept; the original is noted", async () => {
  await drop();
  await database.sql.unsafe(`
    create function public.refuse() returns trigger language plpgsql as $$ begin raise exception 'not now'; end $$;
    create trigger refuse before update on public.calls for each row execute function public.refuse()`);
  await expect(rollBackOne()).rejects.toMatchObject({ code: "ROLLBACK_FAILED" });
  await database.sql`drop function public.refuse cascade`;
  expect(await columnsLeft(database)).toEqual(["caller_name", "from_number"]);
  await database.sql`update public.calls set caller_name = 'In Between' where id = ${dirtyCallId(1001)}`;
  await database.sql`delete from public.calls where id = ${dirtyCallId(1002)}`;
  const report = await rollBackOne();
  const [row] = await database.sql`select caller_name, from_number from public.calls where id = ${dirtyCallId(1001)}`;
  expect(row).toEqual({ caller_name: "In Between", from_number: "+14155550101" });
  expect(await unrestored()).toEqual([
    { relation: "public.calls", id: dirtyCallId(1001), column: "caller_name", original: "Amelia Stone" },
  ]);
  const left = (await readValues()).flatMap((value) => [value.caller_name, value.from_number]);
  expect(report.rolledBack[0]).toMatchObject({
    restored: { valuesArchived: left.filter((value) => value !== null).length - 1 },
    kept: { valuesArchived: 1 },
  });
});

test("a call that came after the drop gets its contact's name and its number on the way back; an empty one stays empty", async () => {
  const { sql, url } = database;
  const before = await readValues();
  await drop();
  await sql`
    insert into public.calls (id, org_id, vapi_call_id, call_direction, phone_number, contact_id)
    select ${dirtyCallId(2001)}, org_id, 'later', 'inbound', phone, id from public.contacts where id = ${dirtyContactId(101)}`;
  await rollback(rollbackOptions(url));
  const [row] =
    await sql`select caller_name, from_number, contact_id from public.calls where id = ${dirtyCallId(2001)}`;
  expect(row).toEqual({
    caller_name: "Amelia Stone-Reyes",
    from_number: "+14155550101",
    contact_id: dirtyContactId(101),
  });
  expect((await readValues()).filter(({ id }) => id !== dirtyCallId(2001))).toEqual([...before]);
  expect(await sql`select nspname from pg_catalog.pg_namespace where nspname = 'ssot'`).toEqual([]);
});
