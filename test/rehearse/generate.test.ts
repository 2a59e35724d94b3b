import { afterAll, beforeAll, expect, test } from "vitest";
import { type GenerateOptions, generateRows } from "../../src/core/rehearse/generate/generate-rows.ts";
import { valueInPart } from "../../src/core/rehearse/generate/values.ts";
import { type Connection, connect } from "../../src/db/connection.ts";
import { type GeneratedColumn, listGeneratedTables } from "../../src/db/queries/copying/generation-facts.ts";
import { errorOf } from "../faults/refusal.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { targetOf } from "../support/run-options.ts";

let database: TestDatabase;
let connection: Connection;
beforeAll(async () => {
  database = await createTestDatabase({ template: "empty" });
  await database.sql.unsafe(`
    create type public.mood as enum ('calm', 'odd');
    create domain public.code as varchar(6) not null check (value ~ '^[0-9a-f]+$');
    create table public.owners (id uuid primary key default gen_random_uuid(), org_id integer not null, name varchar(3) not null unique);
    create table public.rooms (id bigint generated always as identity primary key, label text not null unique);
    create table public.visits (
      owner_id uuid not null references public.owners, room_id bigint not null references public.rooms, org_id integer not null,
      primary key (owner_id, room_id));
    create table public.things (
      id integer primary key, owner_id uuid references public.owners, above integer references public.things, code public.code unique,
      mood public.mood not null, tags text[] not null, facts jsonb not null, at timestamptz not null, day date not null, ok boolean not null,
      small smallint not null, price numeric(6,2) not null, flags bit(4) not null, spot point not null, span tstzrange not null, host inet not null,
      stage text not null check (stage in ('new', 'old')), ends_at timestamptz not null, starts_at timestamptz not null check (starts_at < ends_at),
      old_note text, twice integer generated always as (id * 2) stored);
    create table public.events (id bigint generated always as identity, at timestamptz not null, thing_id integer references public.things, primary key (id, at)) partition by range (at);
    create table public.events_1 partition of public.events for values from ('2025-01-01') to ('2025-02-01');
    create table public.events_rest partition of public.events default;
    create table public.odd (it pg_catalog.pg_lsn not null)`);
  connection = await connect(targetOf(database.url));
});
afterAll(async () => {
  await connection.close();
  await database.drop();
});

const generate = async (sizes: Readonly<Record<string, number>>, always: GenerateOptions["always"] = []) => {
  const tables = await listGeneratedTables(connection.sql, Object.keys(sizes));
  return generateRows(
    connection,
    tables.map((table) => ({ ...table, rows: sizes[table.name] ?? 0 })),
    { always },
  );
};

test("rows of any type are made, keys are distinct, references lead somewhere, and a part gets its own", async () => {
  const made = await generate(
    { "public.things": 500, "public.owners": 40, "public.rooms": 5, "public.visits": 1000, "public.events_1": 60 },
    [{ table: "public.things", column: "old_note" }],
  );
  expect(Object.fromEntries(made.map(({ table, rows }) => [table, rows]))).toEqual({
    "public.owners": 40,
    "public.rooms": 5,
    "public.things": 500,
    // No more than there are pairs.
    "public.visits": 200,
    "public.events_1": 60,
  });
  const [row] = await database.sql`
    select (select count(*)::integer from public.things where owner_id is not null and old_note is not null) as things,
           (select count(distinct owner_id)::integer > 5 from public.things) as owners,
           (select count(*)::integer from public.visits as v join public.owners as o on o.id = v.owner_id and o.org_id = v.org_id) as visits,
           (select count(*)::integer from public.events_1) as events, (select count(*)::integer from public.events_rest) as rest`;
  expect(row).toEqual({ things: 500, owners: true, visits: 200, events: 60, rest: 0 });
});

test("what has to be referenced is made as well, though the statistics know of none", async () => {
  await database.sql.unsafe("truncate public.owners, public.rooms, public.visits, public.things, public.events");
  const made = await generate({ "public.visits": 3 });
  expect(made.map(({ table, rows }) => [table, rows])).toEqual([
    ["public.owners", 1],
    ["public.rooms", 1],
    ["public.visits", 1],
  ]);
});

test("a type that nobody knows a value of is named", async () => {
  const refusal = await errorOf(generate({ "public.odd": 1 }));
  expect(refusal).toMatchObject({
    code: "PREFLIGHT",
    message: "rows cannot be generated for column public.odd.it of type pg_lsn",
  });
});

const column = (type: string, base: string): GeneratedColumn => ({
  ...{ name: "at", type, base, category: "D", kind: "b", length: null, digits: null },
  ...{ required: true, given: false, distinct: false, label: null },
});

test.each([
  ["FOR VALUES IN ('a''b', 'c')", column("text", "text"), "'a''b'::text"],
  [
    "FOR VALUES FROM (1) TO (11)",
    column("integer", "int4"),
    "('1'::integer + floor(('11'::integer - '1'::integer) * (g.n - 1)::float8 / 10))::integer",
  ],
  ["FOR VALUES FROM (MINVALUE) TO (11)", column("integer", "int4"), undefined],
  ["FOR VALUES WITH (modulus 4, remainder 1)", column("integer", "int4"), undefined],
])("a value for the part %s", (bound, of, expected) => {
  expect(valueInPart(bound, of, 10)).toBe(expected);
});
