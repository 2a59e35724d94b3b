import { expect } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { SsotError } from "../../src/model/errors.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { type Clones, cloneable } from "./clones.ts";
import { migrateDirtyCase } from "./migrated-case.ts";

/** The dirty case, migrated more than a month ago as far as the ledger knows: the gate is open. */
export async function openGate(): Promise<Clones> {
  const database = await migrateDirtyCase();
  await database.sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  return cloneable(database);
}

/** Asks for the drop and expects a refusal of the given code that changes nothing. Gives its message. */
export async function expectRefusal(
  { sql, url }: TestDatabase,
  code: string,
  force?: { readonly reason: string },
): Promise<string> {
  const before = await snapshotDatabase(sql);
  const refusal = await migrate(migrateOptions(url, { phase3: true, force })).then(
    () => new Error("the columns were dropped"),
    (error: unknown) => error,
  );
  if (!(refusal instanceof SsotError)) throw refusal;
  expect(refusal.code).toBe(code);
  expect(await snapshotDatabase(sql)).toBe(before);
  return refusal.message;
}

/** The deprecated columns that calls still has. */
export async function columnsLeft({ sql }: Pick<TestDatabase, "sql">): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`
    select attname as name from pg_catalog.pg_attribute
    where attrelid = 'public.calls'::regclass and attname in ('caller_name', 'from_number') and not attisdropped order by 1`;
  return rows.map(({ name }) => name);
}
