import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { planRollback } from "../../src/core/plan-rollback.ts";
import { rollback } from "../../src/core/rollback.ts";
import { differences } from "../crash/differences.ts";
import { snapshotOutside, snapshotWithoutViews } from "../crash/equal-databases.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadSeedCase(database.sql);
});

afterEach(() => database.drop());

const former = "create view public.calls_with_caller_names as select id, status from public.calls";
const drop = async (): Promise<void> => {
  await database.sql`update ssot.ledger set run_on = run_on - interval '70 days'`;
  await migrate(migrateOptions(database.url, { phase3: true }));
};
const takeBack = (all: boolean, warnings: string[] = []) =>
  rollback(rollbackOptions(database.url, { all, progress: { onWarning: (message) => void warnings.push(message) } }));

// What ours shows, and one column more; the old columns first.
async function widen(further: string): Promise<void> {
  const { sql } = database;
  const [row] = await sql<{ text: string }[]>`select ssot.calls_view() as text`;
  const text = row?.text.replace("c.*,", `c.from_number, c.caller_name, ${further}, c.*,`) ?? "";
  const columns = await sql<{ name: string }[]>`
    select attname as name from pg_catalog.pg_attribute
    where attrelid = 'public.calls'::regclass and attnum > 0 and not attisdropped and attname not in ('caller_name', 'from_number')`;
  const list = columns.map(({ name }) => `c.${name}`).join(", ");
  await sql.unsafe(`drop view public.calls_with_caller_names;
    create view public.calls_with_caller_names with (security_invoker = on) as ${text.replace("c.*", list)}`);
}

async function columns(): Promise<readonly string[]> {
  const rows = await database.sql<{ name: string }[]>`
    select attname as name from pg_catalog.pg_attribute
    where attrelid = 'public.calls_with_caller_names'::regclass and attnum > 0 and attname in ('caller_name', 'from_number', 'minutes')
    order by attnum`;
  return rows.map(({ name }) => name);
}

test("a view that somebody changed is kept by a rollback, with a word; what was there before is stored", async () => {
  const { sql, url } = database;
  await sql.unsafe(former);
  await migrate(migrateOptions(url));
  await sql.unsafe(`drop view public.calls_with_caller_names;
    create view public.calls_with_caller_names as select id, 1 as one from public.calls`);
  const warnings: string[] = [];
  const { rolledBack } = await takeBack(true, warnings);
  expect(warnings.join()).toMatch(/view calls_with_caller_names was changed by somebody and stays/);
  expect(rolledBack.map(({ kept }) => kept)).toContainEqual({ views: 1 });
  expect(await sql`select one from public.calls_with_caller_names limit 1`).toEqual([{ one: 1 }]);
  const [stored] = await sql`select original, image ->> 'kept' as kept from ssot.unrestored`;
  expect(stored?.original).toMatch(/create view public.calls_with_caller_names as +SELECT id,\s+status/);
  expect(stored?.kept).toMatch(/1 AS one/);
});

test("the drop takes the two columns off a view that was widened since, and a rollback gives them back", async () => {
  const { sql, url } = database;
  await migrate(migrateOptions(url));
  await widen("c.duration_seconds / 60 as minutes");
  await sql`comment on column public.calls_with_caller_names.caller_name is 'old'`;
  const before = await snapshotOutside(database);
  await drop();
  expect(await columns()).toEqual(["minutes"]);
  expect(await sql`select minutes, name_source from public.calls_with_caller_names limit 1`).toHaveLength(1);
  await takeBack(false);
  expect(await columns()).toEqual(["from_number", "caller_name", "minutes"]);
  expect(differences(before, await snapshotOutside(database))).toEqual([]);
  const warnings: string[] = [];
  await takeBack(true, warnings);
  expect(warnings.join()).toMatch(/was changed by somebody and stays/);
  expect(await columns()).toEqual(["from_number", "caller_name", "minutes"]);
});

test("a widened view that reads an old column keeps the gate closed, with the column's name", async () => {
  const { sql, url } = database;
  await migrate(migrateOptions(url));
  await widen("upper(c.caller_name) as minutes");
  await sql`update ssot.ledger set run_on = run_on - interval '70 days'`;
  await expect(migrate(migrateOptions(url, { phase3: true, force: { reason: "x" } }))).rejects.toMatchObject({
    code: "GATE",
    message: expect.stringContaining("it reads a deprecated column in minutes"),
  });
});

test("a view that was changed after the drop stays as it is when the columns come back", async () => {
  const { sql, url } = database;
  await migrate(migrateOptions(url));
  await drop();
  await sql.unsafe(`drop view public.calls_with_caller_names;
    create view public.calls_with_caller_names as select id, status as minutes from public.calls`);
  const warnings: string[] = [];
  await takeBack(true, warnings);
  expect(warnings).toEqual([
    "view calls_with_caller_names was changed by somebody and stays without the columns that came back",
    expect.stringContaining("view calls_with_caller_names was changed by somebody and stays; what was there"),
  ]);
  expect(await columns()).toEqual(["minutes"]);
});

test("views made on the view survive the drop and its rollback; a rollback of all names them before it begins", async () => {
  const { sql, url } = database;
  await migrate(migrateOptions(url));
  await sql.unsafe(`
    create view public.weekly as select date_trunc('week', created_at) as week, resolved_caller_name, id from public.calls_with_caller_names;
    create view public.weeks with (security_invoker = true) as select week, count(*) as n from public.weekly group by week;
    comment on view public.weeks is 'counted'`);
  const before = await snapshotWithoutViews(database);
  await sql`update ssot.ledger set run_on = run_on - interval '70 days'`;
  const { view } = await plan(migrateOptions(url, { phase3: true }));
  expect(view.madeAgain).toEqual(["view public.weekly", "view public.weeks"]);
  await migrate(migrateOptions(url, { phase3: true }));
  expect((await sql`select n from public.weeks`).length).toBeGreaterThan(0);
  await takeBack(false);
  expect(differences(before, await snapshotWithoutViews(database))).toEqual([]);
  const refusal = { code: "PREFLIGHT", message: "others stand on the view that would go: view public.weekly" };
  await expect(planRollback(rollbackOptions(url))).rejects.toMatchObject(refusal);
  await expect(takeBack(true)).rejects.toMatchObject(refusal);
  expect(differences(before, await snapshotWithoutViews(database))).toEqual([]);
});
