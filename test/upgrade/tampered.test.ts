import type { Sql } from "postgres";
import { expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { migrateOptions } from "../support/run-options.ts";
import { blockersIn, ends, mark, openStates } from "./opened.ts";

const open = openStates();

const disable = (name: string) => `
  alter table public.calls disable trigger ${name};
  alter table public.calls enable always trigger ${name}`;

// The same function again: it is as good as the one before, and nobody can tell since when.
async function replaceWitness(sql: Sql): Promise<void> {
  const [row] = await sql<{ text: string }[]>`
    select pg_get_functiondef('public.check_deprecated_column_writes_with_audit()'::regprocedure) as text`;
  await sql.unsafe(row?.text ?? "");
}

async function datesIn(sql: Sql): Promise<unknown> {
  return sql`
    select l.run_on, (select max(w.written_at) from ssot.deprecated_write as w) as last_written,
           (select max(a.detected_at) from public.deprecated_column_audit as a) as last_audited
    from ssot.ledger as l where l.name = ${mark}`;
}

const tampered = "had been changed when the engine was upgraded";

test.each([
  [
    "a trigger off and on",
    (sql: Sql) => sql.unsafe(disable("warn_deprecated_writes")),
    [`trigger warn_deprecated_writes ${tampered}`],
  ],
  [
    "a trigger off",
    (sql: Sql) => sql`alter table public.calls disable trigger warn_deprecated_writes_value`,
    ["trigger warn_deprecated_writes_value was disabled when the engine was upgraded"],
  ],
  ["the function replaced", replaceWitness, [`function check_deprecated_column_writes_with_audit ${tampered}`]],
  [
    "a trigger dropped",
    (sql: Sql) => sql`drop trigger warn_deprecated_writes_text on public.calls`,
    ["trigger warn_deprecated_writes_text was missing when the engine was upgraded"],
  ],
  [
    "a helper replaced",
    (sql: Sql) => sql`alter function ssot.audit_write cost 101`,
    [`function audit_write ${tampered}`],
  ],
] as const)(
  "%s before the upgrade stays a reason after it, and nothing else becomes one",
  async (_, tamper, reasons) => {
    const database = await open("migration-4");
    const { sql } = database;
    await tamper(sql);
    expect(await blockersIn(sql)).toHaveLength(1);
    const dates = await datesIn(sql);
    // What does not hold is told after the run: the witness was touched.
    await ends(database, "migrate", 4);
    expect(await blockersIn(sql)).toEqual(reasons);
    expect(await datesIn(sql)).toEqual(dates);
    await ends(database, "migrate --phase 3", 6);
  },
);

test("a reason goes by swearing in anew, which begins the month again", async () => {
  const database = await open("migration-4");
  const { sql } = database;
  await sql.unsafe(disable("warn_deprecated_writes"));
  await migrate(migrateOptions(database.url, { verify: false }));
  await ends(database, "audit rebaseline --yes", 0);
  expect(await blockersIn(sql)).toEqual([expect.stringMatching(/^one calendar month after migration 4: not before /)]);
});

test("what is touched after the upgrade is a reason as well", async () => {
  const database = await open("migration-4");
  const { sql } = database;
  await migrate(migrateOptions(database.url, { verify: false }));
  expect(await blockersIn(sql)).toEqual([]);
  await sql.unsafe(disable("warn_deprecated_writes_insert"));
  await sql`alter function ssot.see_column cost 101`;
  expect(await blockersIn(sql)).toEqual([
    "function see_column is not the one that migration 4 made, or was changed since",
    "trigger warn_deprecated_writes_insert is not the one that migration 4 made, or was changed since",
  ]);
});
