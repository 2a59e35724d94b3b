import postgres from "postgres";
import { expect, test } from "vitest";
import { draw } from "../support/draw.ts";
import { createTestDatabase, type TestDatabase } from "./database.ts";
import { snapshotDatabase } from "./snapshot.ts";
import { snapshotBase, snapshotChanges } from "./snapshot-changes.ts";

async function withDatabase(work: (database: TestDatabase) => Promise<void>): Promise<void> {
  const database = await createTestDatabase({ template: "empty" });
  try {
    await database.sql.unsafe(snapshotBase);
    await work(database);
  } finally {
    await database.drop();
  }
}

test.each(draw("changes of a snapshot", snapshotChanges, ({ what }) => what, 0.18))(
  "a snapshot sees $what, and equals the first one once it is taken back",
  async (each) => {
    await withDatabase(async ({ sql }) => {
      const before = await snapshotDatabase(sql);
      await sql.unsafe(each.change);
      expect(await snapshotDatabase(sql)).not.toBe(before);
      await sql.unsafe(each.undo);
      expect(await snapshotDatabase(sql)).toBe(before);
    });
  },
);

test("two snapshots of an unchanged database are equal, whatever the session's settings and the rows' places", async () => {
  await withDatabase(async ({ sql, url, name }) => {
    const before = await snapshotDatabase(sql);
    await sql`update public.people set age = age`;
    await sql`vacuum full public.people`;
    await sql`alter role current_user in database ${sql(name)} set datestyle = 'German'`;
    const other = postgres(url, { max: 1 });
    const after = await snapshotDatabase(other);
    await other.end();
    expect(after.replace(/^setting .*\n/m, "")).toBe(before);
  });
});

test("an ignored schema is left out with its tables, rows, comments and functions", async () => {
  await withDatabase(async ({ sql }) => {
    const before = await snapshotDatabase(sql, { ignoreSchemas: ["hidden"] });
    await sql.unsafe(`
      create schema hidden;
      create table hidden.things (id serial primary key, name text);
      insert into hidden.things (name) values ('one');
      create function hidden.one() returns integer language sql as 'select 1';
      create type hidden.kind as enum ('a');
      comment on schema hidden is 'unseen';
      comment on table hidden.things is 'unseen';
      comment on constraint things_pkey on hidden.things is 'unseen';
      alter default privileges in schema hidden grant select on tables to pg_monitor;`);
    expect(await snapshotDatabase(sql, { ignoreSchemas: ["hidden"] })).toBe(before);
    expect(await snapshotDatabase(sql)).not.toBe(before);
  });
});

test("a snapshot leaves the session's settings as they were", async () => {
  await withDatabase(async ({ url }) => {
    const one = postgres(url, { max: 1 });
    const settings = () => one`select name, setting from pg_catalog.pg_settings order by name`;
    const before = await settings();
    await snapshotDatabase(one);
    expect(await settings()).toEqual(before);
    await one.end();
  });
});
