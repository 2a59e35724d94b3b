import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { doctor } from "../../src/core/doctor.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { status } from "../../src/core/status.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { packageRoot } from "../../src/model/package-root.ts";
import { differences } from "../crash/differences.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { statesWith } from "../support/phase1.ts";
import { migrateOptions, rollbackOptions, targetOf } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadSeedCase(database.sql);
  // Whoever ran the document had to repair this number first.
  await database.sql`update public.contacts set phone = '+14155550142' where phone = '(415) 555-0142'`;
  await database.sql.file(join(packageRoot(), "fixtures", "by-hand.sql"));
});

afterEach(() => database.drop());

test("a database that was migrated by hand is adopted, holds what is promised, and goes back to where it was", async () => {
  const { sql, url } = database;
  await sql`update public.calls set caller_name = 'after the document' where call_direction = 'outbound'`;
  const before = await snapshotDatabase(sql);
  expect((await doctor({ target: targetOf(url) })).ok).toBe(true);

  const { applied } = await migrate(migrateOptions(url));
  expect(applied.map(({ effects }) => effects.callsLinked ?? 0)).toEqual([0, 0, 0, 0]);
  const { migrations } = await status({ target: targetOf(url), directory: migrationsDirectory() });
  expect(migrations.map(({ state }) => state)).toEqual(statesWith("applied"));
  const journal = await sql`select kind, name, outcome from ssot.object where stage = 'former' order by kind, name`;
  expect(journal.map(({ kind, name, outcome }) => `${kind} ${name}: ${outcome}`)).toEqual([
    "check contacts_name_must_be_real: replaced",
    "check contacts_phone_must_be_e164: replaced",
    "column contacts.source: created",
    "comment public.calls.caller_name: replaced",
    "comment public.calls.from_number: replaced",
    "function public.check_deprecated_column_writes_with_audit(): replaced",
    "index idx_calls_contact_id: kept",
    "index idx_contacts_org_phone: replaced",
    "index idx_contacts_org_phone_unique: kept",
    "table deprecated_column_audit: replaced",
    "trigger warn_deprecated_writes: replaced",
    "view calls_with_caller_names: replaced",
  ]);
  const [seen] = await sql`
    select (select count(*)::integer from ssot.adopted_column_audit) as kept,
           (select count(*)::integer from public.calls_with_caller_names where resolved_caller_name = 'Unknown Caller') as unknown,
           (select 'security_invoker=true' = any (reloptions) from pg_catalog.pg_class where relname = 'calls_with_caller_names') as invoker`;
  expect(seen).toEqual({ kept: 3, unknown: 0, invoker: true });

  await rollback(rollbackOptions(url));
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
});

test("after a rollback the witness made by hand sees writes again, and its clean-up still runs", async () => {
  const { sql, url } = database;
  await migrate(migrateOptions(url));
  expect(await sql`select public.cleanup_deprecated_column_audit() as n`).toEqual([{ n: 0 }]);
  await rollback(rollbackOptions(url));
  await sql`update public.calls set from_number = '+14155550000' where vapi_call_id = 'vapi-seed-01'`;
  expect(await sql`select column_name, new_value from public.deprecated_column_audit`).toEqual([
    { column_name: "from_number", new_value: "+14155550000" },
  ]);
});
