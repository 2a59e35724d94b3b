import { afterAll, beforeAll, expect, test } from "vitest";
import { compareFacts } from "../../src/core/rehearse/compare.ts";
import { compareWithOriginal, takeOriginal } from "../../src/core/rehearse/originals.ts";
import { type Connection, connect } from "../../src/db/connection.ts";
import { dropRehearsalSchema, makeRehearsalSchema } from "../../src/db/queries/rehearsal/original.ts";
import { listSchemaFacts } from "../../src/db/queries/schema-facts/list-schema-facts.ts";
import { sortViewColumns } from "../../src/db/queries/schema-facts/view-columns.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { targetOf } from "../support/run-options.ts";
import { snapshotBase, snapshotChanges } from "../support/snapshot-changes.ts";

let database: TestDatabase;
let looker: Connection;
beforeAll(async () => {
  database = await createTestDatabase({ template: "empty" });
  await database.sql.unsafe(snapshotBase);
  looker = await connect(targetOf(database.url));
  await makeRehearsalSchema(looker.sql);
});
afterAll(async () => {
  await looker.close();
  await database.drop();
});

// A sequence that went on is no loss, and verify moves some.
const changes = snapshotChanges.filter(({ what }) => what !== "a sequence's position");

test.each(changes)("$what is a difference, and none any more once it is taken back", async ({ change, undo }) => {
  await takeOriginal(looker, "migrate", []);
  await database.sql.unsafe(change);
  expect((await compareWithOriginal(looker, "migrate")).differences).not.toEqual([]);
  await database.sql.unsafe(undo);
  expect((await compareWithOriginal(looker, "migrate")).differences).toEqual([]);
});

const differencesAfter = async (change: string, undo: string) => {
  await takeOriginal(looker, "migrate", []);
  await database.sql.unsafe(change);
  const { differences } = await compareWithOriginal(looker, "migrate");
  await database.sql.unsafe(undo);
  return differences;
};
const rowsOf = (name: string, change: string, count: number, columns: readonly string[] = []) => ({
  kind: "rows",
  name,
  change,
  count,
  columns,
});

test("rows that changed, went and came are counted", async () => {
  await database.sql.unsafe(
    "insert into public.people (id, name, age) select 100 + n, 'p' || n, n from generate_series(1, 50) as n",
  );
  expect(
    await differencesAfter(
      "update public.people set name = name || '!' where id in (101, 102, 103); delete from public.people where id = 104; insert into public.people (id, name) values (900, 'new')",
      "update public.people set name = replace(name, '!', '') where id in (101, 102, 103); insert into public.people (id, name, age) values (104, 'p4', 4); delete from public.people where id = 900",
    ),
  ).toEqual([
    rowsOf("public.people", "changed", 3),
    rowsOf("public.people", "gone", 1),
    rowsOf("public.people", "new", 1),
  ]);
});

test("of rows that changed, the columns are told whose values are others", async () => {
  expect(
    await differencesAfter(
      "update public.people set name = name || '!' where id in (101, 102, 103)",
      "update public.people set name = replace(name, '!', '') where id in (101, 102, 103)",
    ),
  ).toEqual([rowsOf("public.people", "changed", 3, ["name", "shout"])]);
});

test("after a crash of the server, which empties what was kept of the rows, a difference is still one, without a count", async () => {
  await takeOriginal(looker, "migrate", []);
  await database.sql`truncate ssot_rehearsal.original_row`;
  expect((await compareWithOriginal(looker, "migrate")).differences).toEqual([]);
  await database.sql`update public.people set name = 'other' where id = 101`;
  expect((await compareWithOriginal(looker, "migrate")).differences).toEqual([
    { kind: "rows", name: "public.people", change: "changed", count: null, columns: ["name", "shout"] },
  ]);
  await database.sql`update public.people set name = 'p1' where id = 101`;
});

test("two values that changed places between two rows are a difference, though the column holds the same", async () => {
  const swap = "update public.people set age = 203 - id where id in (101, 102)";
  expect(await differencesAfter(swap, "update public.people set age = id - 100 where id in (101, 102)")).toEqual([
    rowsOf("public.people", "changed", 2, ["age"]),
  ]);
});

test("of a table without a key, rows are counted that are there more or less often than they were", async () => {
  const again = "insert into public.visits select 1, '2024-01-01' from generate_series(1, 3)";
  await database.sql.unsafe(again);
  expect(
    await differencesAfter(
      "delete from public.visits where ctid = (select min(ctid) from public.visits)",
      "insert into public.visits values (1, '2024-01-01')",
    ),
  ).toEqual([rowsOf("public.visits", "gone", 1)]);
});

test("no value of a row is in what is kept or told", async () => {
  await takeOriginal(looker, "migrate", []);
  await database.sql`update public.people set name = 'Secret Person' where id = 101`;
  const found = JSON.stringify(await compareWithOriginal(looker, "migrate"));
  const kept =
    await database.sql`select o::text as o, (select string_agg(r::text, ' ') from ssot_rehearsal.original_row as r) as r from ssot_rehearsal.original as o`;
  expect(found).not.toContain("Secret");
  expect(JSON.stringify(kept)).not.toMatch(/Secret|'Ada'|\bBob\b/);
});

test("what a rehearsal keeps is no part of the schema that it compares", async () => {
  const before = await listSchemaFacts(looker.sql);
  await dropRehearsalSchema(looker.sql);
  const after = await listSchemaFacts(looker.sql);
  await makeRehearsalSchema(looker.sql);
  expect(compareFacts(before, after)).toEqual([]);
  expect(before.length).toBeGreaterThan(20);
});

test("of a column that a trigger stamps another time is no difference, and a time that is gone is one", async () => {
  await database.sql.unsafe(`
    create table public.notes (id integer primary key, said text, updated_at timestamptz);
    insert into public.notes values (1, 'a', '2024-01-01'), (2, 'b', '2024-01-01'), (3, 'c', null);
    create function public.stamp_it() returns trigger language plpgsql as $$ begin new.updated_at := now(); return new; end $$;
    create trigger touch before update on public.notes for each row execute function public.stamp_it()`);
  expect(await differencesAfter("update public.notes set said = said", "select 1")).toEqual([]);
  expect(
    await differencesAfter(
      "alter table public.notes drop column updated_at; alter table public.notes add column updated_at timestamptz",
      "drop table public.notes; drop function public.stamp_it()",
    ),
  ).toEqual([rowsOf("public.notes", "changed", 3, ["updated_at"])]);
});

test.each([
  ["a search configuration", "alter text search configuration public.words drop mapping for word"],
  ["a dictionary", "alter text search dictionary public.stems (language = german)"],
  [
    "an operator",
    "drop operator public.=== (integer, integer); create operator public.=== (leftarg = integer, rightarg = integer, function = int4ne)",
  ],
  ["a foreign server", "alter server far options (set port '1')"],
  ["a right on a foreign server", "grant usage on foreign server far to public"],
  [
    "a cast",
    "drop cast (public.mood as integer); create cast (public.mood as integer) with function public.as_number(public.mood) as assignment",
  ],
])("%s that is another one than it was is a difference", async (_, change) => {
  const database = await createTestDatabase({ template: "empty" });
  await database.sql.unsafe(`
    create type public.mood as enum ('calm', 'cross');
    create function public.as_number(public.mood) returns integer language sql as 'select 1';
    create cast (public.mood as integer) with function public.as_number(public.mood);
    create text search dictionary public.stems (template = snowball, language = english);
    create text search configuration public.words (copy = pg_catalog.english);
    create operator public.=== (leftarg = integer, rightarg = integer, function = int4eq);
    create foreign data wrapper away;
    create server far foreign data wrapper away options (host 'h', port '2')`);
  const looker = await connect(targetOf(database.url));
  try {
    const before = await listSchemaFacts(looker.sql);
    await database.sql.unsafe(change);
    expect(compareFacts(before, await listSchemaFacts(looker.sql))).toEqual([
      expect.objectContaining({ kind: "object", change: "changed" }),
    ]);
  } finally {
    await looker.close();
    await database.drop();
  }
});

test("a cast of somebody's is not called while rows are read", async () => {
  await database.sql.unsafe(`
    create table public.bitten (n integer);
    create function public.bite(public.mood) returns text language plpgsql as $$ begin insert into public.bitten values (1); return 'x'; end $$;
    create cast (public.mood as text) with function public.bite(public.mood) as implicit;
    update public.people set mood = 'calm'`);
  await takeOriginal(looker, "migrate", []);
  expect(await database.sql`select n from public.bitten`).toEqual([]);
  await database.sql.unsafe("select mood::text from public.people limit 1");
  expect(await database.sql`select n from public.bitten`).not.toEqual([]);
});

test("the columns of a view may stand in another order, and nothing else of it may", () => {
  const text =
    " SELECT c.id,\n    c.name,\n        CASE\n            WHEN c.ok THEN 1\n            ELSE 2\n        END AS n\n   FROM public.c\n  ORDER BY c.id;";
  const moved =
    " SELECT c.id,\n        CASE\n            WHEN c.ok THEN 1\n            ELSE 2\n        END AS n,\n    c.name\n   FROM public.c\n  ORDER BY c.id;";
  expect(sortViewColumns(text)).toBe(sortViewColumns(moved));
  expect(sortViewColumns(text)).not.toBe(sortViewColumns(text.replace("THEN 1", "THEN 3")));
  expect(sortViewColumns(text)).not.toBe(sortViewColumns(text.replace("ORDER BY c.id", "ORDER BY c.name")));
  expect(sortViewColumns(" SELECT DISTINCT c.a,\n    c.b\n   FROM c;")).toBe(
    " SELECT DISTINCT c.a,\n    c.b\n   FROM c;",
  );
});
