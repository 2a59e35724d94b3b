import { afterAll, beforeAll, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";

const ours = "pg_catalog, pg_temp";
const theirs = 'pg_catalog, "$user", public';

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  await migrate(migrateOptions(database.url));
  await database.sql.unsafe(`
    create schema app;
    create function app.touch() returns trigger language plpgsql as 'begin return new; end';
    create function app.closed() returns trigger language plpgsql set search_path = app as 'begin return new; end';
    create function app.fine(text) returns boolean language sql immutable as 'select true';
    create function app.same(text, text) returns boolean language sql immutable as 'select true';
    create operator app.=== (leftarg = text, rightarg = text, function = app.same)`);
});
afterAll(() => database.drop());

/** The path that a batch gives its triggers while `things` are there; they are gone afterwards. */
async function pathWith(things: string): Promise<string | undefined> {
  return database.sql
    .begin(async (sql) => {
      await sql.unsafe(things);
      const [row] = await sql<{ path: string }[]>`select ssot.trigger_path() as path`;
      throw Object.assign(new Error("back"), { path: row?.path });
    })
    .catch((error: unknown) => {
      if (error instanceof Error && "path" in error) return String(error.path);
      throw error;
    });
}

const on = (table: string, trigger = "app.touch()"): string =>
  `create trigger theirs before update on public.${table} for each row execute function ${trigger}`;

test.each([
  ["a trigger of calls", on("calls")],
  ["a trigger of contacts", on("contacts")],
  [
    "a trigger's condition",
    `create function app.yes() returns boolean language sql as 'select true';
    create trigger theirs before update on public.calls for each row when (app.yes()) execute function app.closed()`,
  ],
  ["a trigger of what references contacts", on("messages")],
  ["a trigger of a part of that", on("contact_events_2026")],
  [
    "a trigger of what a cascade reaches from there",
    `create table app.copies (id uuid references public.messages on update cascade);
    create trigger theirs before update on app.copies for each row execute function app.touch()`,
  ],
  ["a CHECK", "alter table public.calls add check (app.fine(notes))"],
  ["a CHECK's operator", "alter table public.calls add check (notes operator(app.===) notes)"],
  [
    "a default",
    `create function app.word() returns text language sql as 'select $$word$$';
    alter table public.contacts alter notes set default app.word()`,
  ],
  ["a generated column", "alter table public.contacts add fine boolean generated always as (app.fine(notes)) stored"],
  ["an index", "create index theirs on public.calls (app.fine(notes))"],
  ["an index's condition", "create index theirs on public.calls (notes) where app.fine(notes)"],
  ["a domain", `create domain app.d as text check (app.fine(value)); alter table public.calls add d app.d`],
  [
    "a domain's operator",
    `create domain app.d as text check (value operator(app.===) value); alter table public.calls add d app.d`,
  ],
  [
    "a domain of a domain",
    `create domain app.d as text check (app.fine(value)); create domain app.e as app.d;
    alter table public.contacts add e app.e`,
  ],
  [
    "a domain in a composite",
    `create domain app.d as text check (app.fine(value)); create type app.pair as (d app.d, n integer);
    alter table public.contacts add pair app.pair`,
  ],
  [
    "an array of a domain",
    `create domain app.d as text check (app.fine(value)); alter table public.calls add ds app.d[]`,
  ],
  [
    "a range over a domain",
    `create domain app.d as text check (app.fine(value)); create type app.span as range (subtype = app.d, multirange_type_name = app.spans);
    alter table public.calls add spans app.spans`,
  ],
  [
    "a type that a CHECK casts to",
    `create domain app.d as text check (app.fine(value)); alter table public.calls add check (notes::app.d is not null or true)`,
  ],
])("runs under the sessions' path where code of others would run: %s", async (_, things) => {
  expect(await pathWith(things)).toBe(theirs);
});

test.each([
  ["nothing", "select 1"],
  ["a trigger of another table", on("organizations")],
  ["a trigger that is off", `${on("calls")}; alter table public.calls disable trigger theirs`],
  ["a trigger whose function has its own path", on("calls", "app.closed()")],
  ["a view", "create view app.v as select app.fine(c.notes) from public.calls as c"],
  [
    "a table that references a referencing one, without a cascade",
    `create table app.copies (id uuid references public.messages);
    create trigger theirs before update on app.copies for each row execute function app.touch()`,
  ],
  [
    "a table that references calls by a key that no step changes",
    `create table app.copies (id uuid references public.calls on update cascade);
    create trigger theirs before update on app.copies for each row execute function app.touch()`,
  ],
  ["a domain that nobody uses", "create domain app.d as text check (app.fine(value))"],
])("runs under its own path otherwise: %s", async (_, things) => {
  expect(await pathWith(things)).toBe(ours);
});
