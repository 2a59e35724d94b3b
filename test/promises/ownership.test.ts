import { afterEach, beforeEach, expect, test } from "vitest";
import { loadDirtyCase } from "../../fixtures/dirty-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { expectRefusal } from "./drop-case.ts";
import { withRole } from "./migrated-case.ts";

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
  await loadDirtyCase(database.sql);
});

afterEach(() => database.drop());

/** Works with a role that owns all tables and is nothing more; its URL is for the tool. */
async function withOwner(work: (url: string, owner: string) => Promise<void>): Promise<void> {
  const { sql, url } = database;
  await withRole(sql, "login password 'owner'", async (owner) => {
    await sql.unsafe(`
      grant create on database ${database.name} to ${owner};
      grant usage, create on schema public to ${owner};
      do $$ declare t regclass; begin
        for t in select oid from pg_catalog.pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') loop
          execute format('alter table %s owner to ${owner}', t);
        end loop;
      end $$`);
    const own = new URL(url);
    own.username = owner;
    own.password = "owner";
    await work(own.href, owner);
  });
}

test("the owner of the tables needs no more rights, up to the drop and all the way back", async () => {
  await withOwner(async (url) => {
    const before = await snapshotDatabase(database.sql);
    await migrate(migrateOptions(url));
    await database.sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
    await migrate(migrateOptions(url, { phase3: true }));
    await rollback(rollbackOptions(url));
    expect(await snapshotDatabase(database.sql)).toBe(before);
  });
});

test("somebody else's view stops the drop, with --force as well, and nothing is changed", async () => {
  await withOwner(async (url) => {
    await migrate(migrateOptions(url));
    await database.sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
    await database.sql`alter view public.calls_with_caller_names owner to current_user`;
    const target = { ...database, url };
    for (const force of [undefined, { reason: "all the same" }]) {
      expect(await expectRefusal(target, "GATE", force)).toMatch(/does not own public\.calls_with_caller_names/);
    }
  });
});

test("somebody else's calls stop the run before anything, and nothing is changed", async () => {
  await withOwner(async (url) => {
    await migrate(migrateOptions(url));
    await database.sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
    await database.sql`alter table public.calls owner to current_user`;
    expect(await expectRefusal({ ...database, url }, "PREFLIGHT")).toMatch(/does not own public\.calls/);
  });
});
