import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import { expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { blockersIn, ends, openStates, snapshotBefore } from "./opened.ts";

const open = openStates();

/** Ends the session of `migrate` where it waits for a table that somebody holds; `meanwhile` happens before. */
async function strikeAt(
  { sql, url }: TestDatabase,
  table: string,
  meanwhile: () => Promise<unknown> = async () => {},
): Promise<void> {
  const holder = await sql.reserve();
  try {
    // Whoever only looks goes on.
    await holder.unsafe(`begin; lock table ${table} in share mode`);
    const failed = expect(migrate(migrateOptions(url, { lockTimeoutMs: 60_000 }))).rejects.toMatchObject({
      code: "UNREACHABLE",
    });
    const pid = await untilItWaits(sql, table);
    try {
      await meanwhile();
    } finally {
      await sql`select pg_terminate_backend(${pid})`;
      await failed;
    }
    await holder.unsafe("rollback");
  } finally {
    holder.release();
  }
}

async function untilItWaits(sql: Sql, table: string): Promise<number> {
  for (;;) {
    const [waiting] = await sql<{ pid: number }[]>`
      select l.pid from pg_catalog.pg_locks as l where not l.granted and l.relation = ${table}::regclass`;
    if (waiting !== undefined) return waiting.pid;
    await sleep(10);
  }
}

const moving = async (sql: Sql) => (await sql`select version, moving from ssot.engine`)[0];

test("ended while it changes the catalog, an upgrade has changed nothing, and the next one comes to its end", async () => {
  const database = await open("migration-4");
  const { sql, url } = database;
  const before = await snapshotDatabase(sql);
  await strikeAt(database, "ssot.run");
  expect(await snapshotDatabase(sql)).toBe(before);
  await migrate(migrateOptions(url));
  expect(await moving(sql)).toEqual({ version: 2, moving: false });
  expect(await blockersIn(sql)).toEqual([]);
});

// After the journals of calls, before those of contacts.
const halfMoved = "ssot.journal_contacts_name";

test("ended while it moves rows, an upgrade can be looked at, goes on, and can be taken back", async () => {
  const database = await open("migration-4");
  const { sql, url } = database;
  await strikeAt(database, halfMoved);
  expect(await moving(sql)).toEqual({ version: 2, moving: true });
  const [journals] = await sql`
    select to_regclass('ssot.journal_calls_contact_id') is null as moved, to_regclass(${halfMoved}) is not null as left,
           to_regclass('ssot.merge_journal') is not null as merges_left`;
  expect(journals).toEqual({ moved: true, left: true, merges_left: true });
  await ends(database, "status", 0);
  await ends(database, "audit deprecated", 0);
  expect(await blockersIn(sql)).toEqual([]);
  await migrate(migrateOptions(url));
  expect(await moving(sql)).toEqual({ version: 2, moving: false });
  await ends(database, "verify", 0);
  await rollback(rollbackOptions(url));
  expect(await snapshotDatabase(sql)).toBe(await snapshotBefore("migration-4"));
});

test("a rollback goes on with it as well", async () => {
  const database = await open("migration-4");
  await strikeAt(database, "ssot.merge_journal");
  await rollback(rollbackOptions(database.url));
  expect(await snapshotDatabase(database.sql)).toBe(await snapshotBefore("migration-4"));
});

/** Rows of which each store holds something: a call of each journal, a contact that was renamed, renumbered, or merged into. */
async function chooseRows(
  sql: Sql,
): Promise<{ readonly calls: readonly string[]; readonly contacts: readonly string[] }> {
  const [row] = await sql<{ calls: string[]; contacts: string[] }[]>`
    select array[(select max(j.id::text) from ssot.journal_calls_contact_id as j), (select max(j.id::text) from ssot.journal_calls_phone_number as j)] as calls,
           array[(select max(j.id::text) from ssot.journal_contacts_name as j), (select max(j.id::text) from ssot.journal_contacts_phone as j),
                 (select max(p.survivor::text) from ssot.merge_plan as p)] as contacts`;
  if (row === undefined || [...row.calls, ...row.contacts].includes("null")) throw new Error("a journal is empty");
  return row;
}

async function deleteRows(sql: Sql, { calls, contacts }: Awaited<ReturnType<typeof chooseRows>>): Promise<void> {
  await sql`delete from public.calls where id = any (${calls}::uuid[])`;
  for (const table of ["contact_events", "contact_tags", "follow_ups"]) {
    await sql`delete from ${sql(`public.${table}`)} where contact_id = any (${contacts}::uuid[])`;
  }
  await sql`delete from public.contacts where id = any (${contacts}::uuid[])`;
}

/** Rows that hold one of these; that a call, which is there, had been linked to a contact is the call's. */
async function keptOf(sql: Sql, calls: readonly string[], contacts: readonly string[]): Promise<readonly string[]> {
  const rows = (await snapshotDatabase(sql)).split("\n").filter((line) => line.startsWith("row "));
  const ofContacts = rows.filter((line) => !line.endsWith(" 'calls.contact_id'"));
  const holding = (lines: readonly string[], ids: readonly string[]) =>
    lines.filter((line) => ids.some((id) => line.includes(id)));
  return [...holding(rows, calls), ...holding(ofContacts, contacts)];
}

test("rows deleted between the strike and the next run are erased in old and new journals at once", async () => {
  const database = await open("migration-4");
  const { sql, url } = database;
  const rows = await chooseRows(sql);
  const duplicates = await sql<{ id: string }[]>`
    select duplicate::text as id from ssot.merge_plan where survivor = any (${rows.contacts}::uuid[])`;
  const contacts = [...rows.contacts, ...duplicates.map(({ id }) => id)];
  expect(duplicates.length).toBeGreaterThan(0);
  await strikeAt(database, halfMoved);
  await deleteRows(sql, rows);
  expect(await sql`select deleted_from from ssot.erasure_due`).toEqual([]);
  expect(await keptOf(sql, rows.calls, contacts)).toEqual([]);
  await migrate(migrateOptions(url));
  expect(await keptOf(sql, rows.calls, contacts)).toEqual([]);
  await rollback(rollbackOptions(url));
  expect(await keptOf(sql, rows.calls, contacts)).toEqual([]);
  expect(await sql`select to_regnamespace('ssot') as schema`).toEqual([{ schema: null }]);
});

test("rows deleted while the move waits do not wait with it, and are erased by the next run", async () => {
  const database = await open("migration-4");
  const { sql, url } = database;
  const rows = await chooseRows(sql);
  const { calls, contacts } = rows;
  await strikeAt(database, halfMoved, () => deleteRows(sql, rows));
  await migrate(migrateOptions(url));
  expect(await sql`select deleted_from from ssot.erasure_due`).toEqual([]);
  expect(await keptOf(sql, calls, contacts)).toEqual([]);
  await rollback(rollbackOptions(url));
  expect(await keptOf(sql, calls, contacts)).toEqual([]);
});
