import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { dirtyCallId } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { listDependents } from "../../src/db/queries/dependents.ts";
import { readGate } from "../../src/db/queries/gate.ts";
import type { Clones } from "../promises/clones.ts";
import { columnsLeft, openGate } from "../promises/drop-case.ts";
import { undone } from "../promises/migrated-case.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { dependingApplication, harmlessApplication, nowHarmful } from "./application.ts";

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

const inShort = async (): Promise<readonly string[]> =>
  (await listDependents(database.sql)).map(
    ({ kind, name, column, certainty }) => `${kind} ${name}: ${column} (${certainty})`,
  );

test("a migrated database has no dependents but the tool's own", async () => {
  expect(await listDependents(database.sql)).toEqual([]);
  expect(await readGate(database.sql)).toEqual([]);
});

test("every dependent is named, by object and column, and the reading writes nothing", async () => {
  await database.sql.unsafe(dependingApplication);
  const before = await snapshotDatabase(database.sql);
  expect(await inShort()).toEqual([
    "constraint not_me on public.calls: caller_name (catalog)",
    "function public.by_name(text): caller_name (grammar)",
    "function public.dynamic_concatenation(text): from_number (text)",
    "function public.dynamic_constant(): caller_name (grammar)",
    "function public.dynamic_format(text): caller_name (text)",
    "function public.fill(): caller_name (grammar)",
    "function public.numbers(): from_number (grammar)",
    "function public.recent_names(): caller_name (grammar)",
    "function public.tracked(): caller_name (catalog)",
    "generated column public.calls.shout: caller_name (catalog)",
    "index public.expression: caller_name (catalog)",
    "index public.partial: from_number (catalog)",
    "materialized view public.kept: from_number (catalog)",
    "policy mine on public.calls: caller_name (catalog)",
    "procedure public.clear(): caller_name (grammar)",
    "procedure public.clear(): from_number (grammar)",
    "publication some_columns: caller_name (catalog)",
    "rule noted on public.calls: from_number (catalog)",
    "trigger generic on public.calls: from_number (text)",
    "view public.names: caller_name (catalog)",
    "view public.names_of_names: caller_name (catalog)",
  ]);
  expect(await snapshotDatabase(database.sql)).toBe(before);
});

test("a body is named with its lines, a view over a view with what it goes through", async () => {
  await database.sql.unsafe(dependingApplication);
  const details = new Map((await listDependents(database.sql)).map(({ name, detail }) => [name, detail]));
  expect(details.get("public.by_name(text)")).toBe("names caller_name in line 4");
  expect(details.get("public.dynamic_format(text)")).toBe("names caller_name in line 3, as far as its words tell");
  expect(details.get("public.names_of_names")).toBe(
    "depends on view public.names, and through it on calls.caller_name",
  );
});

test("the gate says the same as the list", async () => {
  await database.sql.unsafe(dependingApplication);
  const listed = (await listDependents(database.sql)).map(({ kind, name, detail }) => `${kind} ${name} ${detail}`);
  const reasons = await readGate(database.sql);
  expect(reasons.map(({ message }) => message).toSorted()).toEqual(listed.toSorted());
  expect(new Set(reasons.map(({ canForce }) => canForce))).toEqual(new Set([false]));
});

test("words in another meaning are no dependents, and the drop goes through", async () => {
  await database.sql.unsafe(harmlessApplication);
  expect(await listDependents(database.sql)).toEqual([]);
  await migrate(migrateOptions(database.url, { phase3: true }));
  expect(await columnsLeft(database)).toEqual([]);
});

test("psql alone, which cannot read bodies, goes by their words", async () => {
  await database.sql.unsafe(harmlessApplication);
  const rows = await database.sql<{ message: string }[]>`select message from ssot.phase3_blockers() order by message`;
  expect(rows.map(({ message }) => message)).toContain("function public.in_a_string() names caller_name");
  await expect(
    database.sql`select ssot.refuse_closed_gate('20260209000400_mark_deprecated', false, '{}')`,
  ).rejects.toMatchObject({ code: "SS003" });
});

const changes: readonly (readonly [what: string, sql: string])[] = [
  ["another body", nowHarmful],
  [
    "a trigger that runs it",
    "create trigger late before insert on public.calls for each row execute function public.of_nothing()",
  ],
  [
    "a function that it calls",
    "create function public.leads() returns setof public.calls language sql as 'table public.calls'",
  ],
];

test.each(changes)("a verdict holds for what was read, and not after %s", async (_, change) => {
  await database.sql.unsafe(`${harmlessApplication};
    create function public.of_nothing() returns trigger language plpgsql as
      $$ begin new.caller_name := 'calls'; return new; end $$`);
  const codes = await undone(database.sql, async (tx) => {
    const [row] = await tx<{ verdicts: string }[]>`
      select jsonb_object_agg(b.key, jsonb_build_object('fingerprint', b.fingerprint, 'mentions', '[]'::jsonb))::text as verdicts
      from ssot.phase3_bodies() as b`;
    const read = () =>
      tx`select distinct code from ssot.phase3_dependents(verdicts => ${row?.verdicts ?? ""}::text::jsonb)`;
    const before = await read();
    await tx.unsafe(change);
    return [before, await read()];
  });
  expect(codes).toEqual([[], [{ code: "function" }]]);
});

test("a body that becomes harmful while the copy runs stops the swap", async () => {
  const { sql, url } = database;
  await sql.unsafe(harmlessApplication);
  const holder = await sql.reserve();
  await holder`begin`;
  await holder`select from public.calls where id = ${dirtyCallId(1011)} for update`;
  const run = migrate(migrateOptions(url, { phase3: true })).then(
    () => "dropped",
    (error: unknown) => String(error),
  );
  for (let waiting = 0; waiting === 0; await sleep(20)) {
    waiting = (await sql`select from pg_catalog.pg_locks where not granted`).count;
  }
  await sql.unsafe(nowHarmful);
  await holder`commit`;
  holder.release();
  expect(await run).toMatch(/function public\.in_a_string\(\) names caller_name/);
  expect(await columnsLeft(database)).toEqual(["caller_name", "from_number"]);
});

test("a job of pg_cron counts like a body", async () => {
  const { sql } = database;
  await sql.unsafe(`
    create schema cron;
    create table cron.job (jobid bigint, schedule text, command text, database text, username text, active boolean, jobname text);
    insert into cron.job values
      (1, '@daily', 'update public.calls set caller_name = null', current_database(), 'postgres', true, 'nightly'),
      (2, '@daily', 'select caller_name from public.leads -- not calls', current_database(), 'postgres', true, null),
      (3, '@daily', 'update public.calls set caller_name = null', 'another', 'postgres', true, null)`);
  expect(await listDependents(sql)).toEqual([
    {
      kind: "job",
      name: "nightly",
      column: "caller_name",
      detail: "names caller_name in line 1",
      certainty: "grammar",
    },
  ]);
  expect(await readGate(sql)).toEqual([
    { code: "job", message: "job nightly names caller_name in line 1", canForce: false },
  ]);
});
