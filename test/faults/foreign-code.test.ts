import { afterEach, beforeEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { differences } from "../crash/differences.ts";
import { standardRows } from "../layouts/layout.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { errorOf, refusalOf } from "./refusal.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await database.sql.unsafe(standardRows);
});

afterEach(() => database.drop());

const strange = (body: string): string => `
  create function public.touch() returns trigger language plpgsql as $f$ begin ${body} end $f$;
  alter function public.touch() owner to pg_read_all_stats;
  create trigger touch before update on public.calls for each row execute function public.touch()`;

test("a stranger's trigger that came since stops catch-up and rollback, until its owner is trusted", async () => {
  const { sql, url } = database;
  const before = await snapshotDatabase(sql);
  await migrate(migrateOptions(url));
  await sql.unsafe(strange("return new;"));
  const back = await refusalOf(database, () => rollback(rollbackOptions(url)));
  expect(back.code).toBe("FOREIGN_CODE");
  expect(exitCodeOf(back)).toBe(3);
  expect(back.message).toContain(
    "trigger touch on public.calls calls public.touch(), which belongs to role pg_read_all_stats",
  );
  expect(back.hint).toContain("--trust-role pg_read_all_stats");
  const again = await refusalOf(database, () => migrate(migrateOptions(url)));
  expect(again.code).toBe("FOREIGN_CODE");
  await rollback(rollbackOptions(url, { trustRoles: ["pg_read_all_stats"] }));
  await sql.unsafe("drop function public.touch() cascade");
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
});

test("a role that does not exist cannot be trusted", async () => {
  const error = await refusalOf(database, () => migrate(migrateOptions(database.url, { trustRoles: ["nobody_here"] })));
  expect(error.code).toBe("CONFIGURATION");
  expect(error.message).toContain("nobody_here");
});

test("a trigger that came since and keeps rows as they are stops the rollback by its name; without it all comes back", async () => {
  const { sql, url } = database;
  const before = await snapshotDatabase(sql);
  await migrate(migrateOptions(url));
  await sql.unsafe(strange("return null;"));
  await sql.unsafe("alter function public.touch() owner to current_user");
  const error = await errorOf(rollback(rollbackOptions(url)));
  expect(error.code).toBe("ROLLBACK_FAILED");
  expect(error.message).toContain("trigger touch keeps");
  await sql.unsafe("drop function public.touch() cascade");
  await rollback(rollbackOptions(url));
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
});
