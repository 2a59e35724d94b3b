import { afterEach, beforeEach, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { rollback } from "../../src/core/rollback.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { differences } from "../crash/differences.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { phase1 } from "../support/phase1.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { refusalOf } from "./refusal.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadDirtyCase(database.sql);
  await database.sql.unsafe(`
    create table public.sent (id uuid, at timestamptz default clock_timestamp());
    create function public.tell() returns trigger language plpgsql as
      'begin insert into public.sent (id) values (new.id); return null; end';
    create function public.touch() returns trigger language plpgsql as
      'begin new.updated_at := now(); return new; end';
    create function public.count() returns trigger language plpgsql as 'begin return null; end';`);
});

afterEach(() => database.drop());

test.each([
  ["calls", "after update on public.calls for each row execute function public.tell()", "AFTER UPDATE"],
  ["contacts", "after delete on public.contacts for each statement execute function public.count()", "AFTER DELETE"],
  ["messages", "after update on public.messages for each row execute function public.tell()", "AFTER UPDATE"],
  ["calls", "before update on public.calls for each statement execute function public.count()", "FOR EACH STATEMENT"],
])("a trigger on %s that may tell somebody stops the run by its name: %s", async (table, definition, when) => {
  await database.sql.unsafe(`create trigger tell_somebody ${definition}`);
  const error = await refusalOf(database, () => migrate(migrateOptions(database.url)));
  expect(error.code).toBe("FOREIGN_TRIGGER");
  expect(exitCodeOf(error)).toBe(3);
  expect(error.message).toContain(`${table}.tell_somebody`);
  expect(error.message).toContain(when);
  expect(error.hint).toContain("--user-triggers fire");
});

test("on request such a trigger fires, and the run says so", async () => {
  const { sql, url } = database;
  await sql.unsafe("create trigger tell after update on public.calls for each row execute function public.tell()");
  const warnings: string[] = [];
  const onWarning = (message: string): void => void warnings.push(message);
  const report = await migrate(migrateOptions(url, { userTriggers: "fire", progress: { onWarning } }));
  expect(report.applied.map(({ name }) => name)).toEqual(phase1);
  expect(warnings.join("\n")).toContain("calls.tell (AFTER UPDATE)");
  const [sent] = await sql`select count(*)::int as n from public.sent`;
  expect(sent?.n).toBeGreaterThanOrEqual(report.applied[0]?.effects.callsLinked ?? Number.NaN);
});

test("a disabled trigger, and one on what is not written, are nobody's concern", async () => {
  const { sql, url } = database;
  await sql.unsafe(`
    create trigger tell after update on public.calls for each row execute function public.tell();
    alter table public.calls disable trigger tell;
    create trigger tell_inserts after insert on public.calls for each row execute function public.tell();
    create trigger tell_offices after update on public.organizations for each row execute function public.tell()`);
  const warnings: string[] = [];
  await migrate(migrateOptions(url, { progress: { onWarning: (message) => void warnings.push(message) } }));
  expect(warnings).toEqual([]);
  expect(await sql`select id from public.sent`).toHaveLength(0);
});

test("a drop, its rollback and late links change calls alone: their triggers stop them, and no others do", async () => {
  const { sql, url } = database;
  await migrate(migrateOptions(url));
  await sql`update ssot.ledger set run_on = run_on - interval '70 days'`;
  await sql.unsafe(
    "create trigger tell_people after update on public.contacts for each row execute function public.tell()",
  );
  const named = async () => (await plan(migrateOptions(url, { phase3: true }))).triggers.map(({ name }) => name);
  expect(await named()).toEqual([]);
  await migrate(migrateOptions(url));
  await migrate(migrateOptions(url, { phase3: true }));
  await rollback(rollbackOptions(url, { all: false }));
  expect(await sql`select id from public.sent`).toHaveLength(0);
  await sql.unsafe("create trigger tell after update on public.calls for each row execute function public.tell()");
  expect(await named()).toEqual(["tell"]);
  for (const start of [() => migrate(migrateOptions(url)), () => migrate(migrateOptions(url, { phase3: true }))]) {
    const error = await refusalOf(database, start);
    expect(error).toMatchObject({ code: "FOREIGN_TRIGGER", message: expect.stringContaining("calls.tell (AFTER") });
    expect(error.message).not.toContain("tell_people");
  }
  expect((await refusalOf(database, () => rollback(rollbackOptions(url)))).message).toContain("tell_people");
});

test("a trigger that only stamps updated_at warns, and all but its column comes back on rollback", async () => {
  const { sql, url } = database;
  const stampAll = () =>
    sql.unsafe(`
    update public.calls set updated_at = '2026-02-01'; update public.contacts set updated_at = '2026-02-01'`);
  await stampAll();
  const before = await snapshotDatabase(sql);
  await sql.unsafe(`
    create trigger touch before update on public.calls for each row execute function public.touch();
    create trigger touch before update on public.contacts for each row execute function public.touch()`);
  const warnings: string[] = [];
  await migrate(migrateOptions(url, { progress: { onWarning: (message) => void warnings.push(message) } }));
  expect(warnings.map((text) => /trigger (\S+) \(BEFORE UPDATE\)/.exec(text)?.[1])).toEqual([
    "public.calls.touch",
    "public.contacts.touch",
  ]);
  await rollback(rollbackOptions(url));
  const [stamped] = await sql`select count(*)::int as n from public.calls where updated_at <> '2026-02-01'`;
  expect(stamped?.n).toBeGreaterThan(0);
  await sql.unsafe("drop trigger touch on public.calls; drop trigger touch on public.contacts");
  await stampAll();
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
});

test("a trigger that came since stops the rollback and the catch-up by its name, and nothing is changed", async () => {
  const { sql, url } = database;
  await migrate(migrateOptions(url));
  await sql.unsafe("create trigger tell after update on public.calls for each row execute function public.tell()");
  const back = await refusalOf(database, () => rollback(rollbackOptions(url)));
  expect(back.code).toBe("FOREIGN_TRIGGER");
  expect(back.message).toContain("calls.tell");
  const again = await refusalOf(database, () => migrate(migrateOptions(url)));
  expect(again.code).toBe("FOREIGN_TRIGGER");
  await rollback(rollbackOptions(url, { userTriggers: "fire" }));
  const [sent] = await sql`select count(*) > 0 as some from public.sent`;
  expect(sent?.some).toBe(true);
});
