import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { exportFiles } from "../../src/core/export.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

const later = "20260401000000_note_calls";
const drop = "20260309000000_drop_deprecated_columns";
// Its Down needs the columns as they were when its Up ran.
const text = `-- Notes how many columns calls has, in a release after the drop's date.
--
-- Phase: 1
\\set migration ${later}
\\ir ../sql/install.sql

-- Up Migration
\\if :{?down}
\\else
-- step: note
-- lock: none on your tables
-- blocks: nothing
begin;
create table public.noted as
select count(*) as columns from pg_catalog.pg_attribute
where attrelid = 'public.calls'::regclass and attnum > 0 and not attisdropped;
commit;
\\endif

-- Down Migration
\\if :{?down}
-- step: forget
-- lock: none on your tables
-- blocks: nothing
begin;
do $$
begin
  if (select n.columns from public.noted as n) <> (
    select count(*) from pg_catalog.pg_attribute where attrelid = 'public.calls'::regclass and attnum > 0 and not attisdropped
  ) then
    raise exception 'calls has other columns';
  end if;
end
$$;
drop table public.noted;
commit;
\\endif
`;

let database: TestDatabase;
let directory: string;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadSeedCase(database.sql);
  directory = mkdtempSync(join(tmpdir(), "ssot-later-"));
  cpSync(migrationsDirectory(), directory, { recursive: true });
  writeFileSync(join(directory, `${later}.sql`), text);
});

afterEach(async () => {
  rmSync(directory, { recursive: true });
  await database.drop();
});

const apply = (more: { phase3?: boolean; to?: string } = {}) =>
  migrate(migrateOptions(database.url, { directory, ...more }));
const aMonthLater = () => database.sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
const namesOf = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name);

test("a Phase 1 file with a later date than the drop is applied without it, and goes back after it", async () => {
  const before = await snapshotDatabase(database.sql);
  expect(namesOf((await apply()).applied)).toContain(later);
  await aMonthLater();
  expect(namesOf((await apply({ phase3: true })).applied)).toEqual([drop]);
  const { rolledBack } = await rollback(rollbackOptions(database.url, { directory }));
  expect(namesOf(rolledBack).slice(0, 2)).toEqual([drop, later]);
  expect(await snapshotDatabase(database.sql)).toBe(before);
});

test("applied after the drop it goes back before it", async () => {
  const before = await snapshotDatabase(database.sql);
  await migrate(migrateOptions(database.url));
  await aMonthLater();
  await migrate(migrateOptions(database.url, { phase3: true }));
  expect(namesOf((await apply()).applied)).toEqual([later]);
  const { rolledBack } = await rollback(rollbackOptions(database.url, { directory }));
  expect(namesOf(rolledBack).slice(0, 2)).toEqual([later, drop]);
  expect(await snapshotDatabase(database.sql)).toBe(before);
});

test("its exported file waits for Phase 1 and not for the drop, whose file does not wait for it", async () => {
  const before = await snapshotDatabase(database.sql);
  const [files, dropFiles] = await Promise.all([
    exportFiles({ directory, format: "sql", phase: 1 }),
    exportFiles({ directory, format: "sql", phase: 3 }),
  ]);
  const dropFile = dropFiles.at(-1);
  const last = files.at(-1) ?? expect.unreachable();
  expect([last.name, dropFile?.name]).toEqual(["05_note_calls.sql", "05_drop_deprecated_columns.sql"]);
  await expect(database.sql.unsafe(last.sql)).rejects.toThrow("20260209000400_mark_deprecated must be applied first");
  for (const { sql } of files) await database.sql.unsafe(sql);
  await aMonthLater();
  await database.sql.unsafe(dropFile?.sql ?? "");
  expect(await apply()).toMatchObject({ applied: [], held: [] });
  const { rolledBack } = await rollback(rollbackOptions(database.url, { directory }));
  expect(namesOf(rolledBack).slice(0, 2)).toEqual([drop, later]);
  expect(await snapshotDatabase(database.sql)).toBe(before);
});
