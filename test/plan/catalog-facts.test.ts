import { afterEach, beforeEach, expect, test } from "vitest";
import { type Connection, connect } from "../../src/db/connection.ts";
import { type CatalogFact, listCatalogFacts } from "../../src/db/queries/catalog-facts.ts";
import { identifyDatabase } from "../../src/db/queries/database-identity.ts";
import { cloneDatabase, createTestDatabase, dropDatabase, type TestDatabase } from "../support/database.ts";
import { targetOf } from "../support/run-options.ts";

const tables = ["public.calls", "public.contacts"];
let database: TestDatabase;
let connection: Connection;
beforeEach(async () => {
  database = await createTestDatabase();
  connection = await connect(targetOf(database.url));
});
afterEach(async () => {
  await connection.close();
  await database.drop();
});

const textOf = (facts: readonly CatalogFact[]) => facts.map(({ object, definition }) => `${object}: ${definition}`);
const factsNow = async () => textOf(await listCatalogFacts(connection.sql, tables));

/** The facts that a change takes away and brings, by object. */
const changesOf = async (statement: string) => {
  const before = await factsNow();
  await database.sql.unsafe(statement);
  const after = await factsNow();
  return {
    gone: before.filter((line) => !after.includes(line)).map((line) => line.split(": ")[0]),
    come: after.filter((line) => !before.includes(line)),
  };
};

test("each kind of change is one named object", async () => {
  expect(await changesOf("create index contacts_x_idx on public.contacts (org_id)")).toEqual({
    gone: [],
    come: ["index public.contacts_x_idx: CREATE INDEX contacts_x_idx ON public.contacts USING btree (org_id)"],
  });
  expect(await changesOf("alter table public.contacts alter column name set default 'Bob Example'")).toMatchObject({
    gone: ["column public.contacts.name"],
    come: [expect.stringMatching(/^column public\.contacts\.name: text, .*default md5 [0-9a-f]{32}$/)],
  });
  expect(
    await changesOf(`create function public.stamp() returns trigger language plpgsql as 'begin return new; end';
      create trigger stamp before update on public.contacts for each row execute function public.stamp()`),
  ).toMatchObject({
    gone: [],
    come: [
      expect.stringMatching(/^function public\.stamp\(\): owner \w+, plpgsql, /),
      expect.stringContaining("trigger stamp on public.contacts: CREATE TRIGGER"),
    ],
  });
  expect(
    await changesOf(
      "create or replace function public.stamp() returns trigger language plpgsql as 'begin  return new; end'",
    ),
  ).toMatchObject({ gone: ["function public.stamp()"] });
  expect((await changesOf("alter table public.contacts disable trigger stamp")).gone).toEqual([
    "trigger stamp on public.contacts",
  ]);
  const view = "create view public.names as select id, name from public.contacts";
  expect((await changesOf(`${view}; create view public.more as select * from public.names`)).come).toEqual([
    expect.stringContaining("view public.more: "),
    expect.stringContaining("view public.names: "),
  ]);
  expect((await changesOf("grant select on public.calls to public")).come).toEqual([
    "grant on public.calls to public: SELECT",
  ]);
  expect((await changesOf("alter table public.calls enable row level security")).gone).toEqual(["table public.calls"]);
  expect((await changesOf("create policy own on public.calls for select using (true)")).come).toEqual([
    "policy own on public.calls: for r, to public, using true",
  ]);
  expect(
    (await changesOf("create table public.notes (contact_id uuid references public.contacts)")).come.slice(0, 2),
  ).toEqual([
    "column public.notes.contact_id: uuid",
    expect.stringMatching(/^constraint notes_contact_id_fkey on public\.notes: FOREIGN KEY/),
  ]);
  expect((await changesOf("comment on column public.contacts.email is 'x [ssot: plain]'")).come).toEqual([
    expect.stringMatching(/^column public\.contacts\.email: .*comment \[ssot: plain\]$/),
  ]);
});

test("what a partition has from its parent is told once, what it has of its own as well", async () => {
  await database.sql.unsafe(`create table public.parted (id int, contact_id uuid references public.contacts, n int) partition by hash (id);
    create table public.parted_0 partition of public.parted for values with (modulus 1, remainder 0)`);
  expect((await changesOf("create index parted_n on public.parted (n)")).come).toEqual([
    "index public.parted_n: CREATE INDEX parted_n ON ONLY public.parted USING btree (n)",
  ]);
  expect((await changesOf("alter table public.parted add column x int not null default 3")).come).toEqual([
    "column public.parted.x: integer, not null, default 3",
  ]);
  expect((await changesOf("alter table public.parted_0 alter column n set default 4")).come).toEqual([
    "column public.parted_0.n: integer, default 4",
  ]);
  expect((await changesOf("create index own on public.parted_0 (x)")).come).toEqual([
    "index public.own: CREATE INDEX own ON public.parted_0 USING btree (x)",
  ]);
});

test("rows, statistics, other tables and schema ssot change no fact", async () => {
  expect(
    await changesOf(`insert into public.organizations (id, name) values (gen_random_uuid(), 'x'); analyze;
      create table public.elsewhere (id int primary key); create schema ssot;
      create table ssot.mine (contact_id uuid references public.contacts)`),
  ).toEqual({ gone: [], come: [] });
});

test("no literal of the catalog is in a fact", async () => {
  await database.sql.unsafe(`alter table public.contacts add constraint c check (name <> 'Bob Example') not valid;
    create index i on public.contacts (id) where name = 'Bob Example'; alter table public.calls enable row level security;
    create policy p on public.calls using (org_id::text <> 'Bob Example');
    create view public.v as select id from public.contacts where name = 'Bob Example';
    create domain public.d as text default 'Bob Example' check (value <> 'Bob Example'); alter table public.contacts add column d public.d`);
  const lines = (await factsNow()).join("\n");
  expect(lines).toContain("type public.d: ");
  expect(lines).not.toContain("Bob");
});

test("a database is the same under another host name, and another one when it is a clone", async () => {
  const here = await identifyDatabase(connection.sql, tables);
  expect(here.systemIdentifier).toMatch(/^\d+$/);
  expect(Object.values(here.tables).every((oid) => typeof oid === "number")).toBe(true);
  await connection.close();
  const target = targetOf(database.url);
  const other = await connect({ ...target, host: target.host === "localhost" ? "127.0.0.1" : "localhost" });
  expect(await identifyDatabase(other.sql, tables)).toEqual(here);
  await other.close();
  await database.sql.end();
  const clone = await cloneDatabase(database.name, `${database.name}_b`);
  connection = await connect(targetOf(clone.url));
  const there = await identifyDatabase(connection.sql, tables);
  expect([there.systemIdentifier, there.tables]).toEqual([here.systemIdentifier, here.tables]);
  expect(there.oid).not.toBe(here.oid);
  await clone.sql.end();
  await connection.close();
  await dropDatabase(clone.name);
});
