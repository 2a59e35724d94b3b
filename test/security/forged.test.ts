import { afterAll, beforeAll, expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { callSsot } from "../cli/call-ssot.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import { withRole } from "../promises/migrated-case.ts";
import { attack } from "../support/attacks.ts";
import { createTestDatabase } from "../support/database.ts";
import { draw } from "../support/draw.ts";
import { migrateOptions } from "../support/run-options.ts";

let clones: Clones;

beforeAll(async () => {
  const source = await createTestDatabase();
  await loadSeedCase(source.sql);
  await migrate(migrateOptions(source.url));
  clones = await cloneable(source);
});

afterAll(() => clones.drop());

const commands: readonly (readonly string[])[] = [
  ["status"],
  ["doctor"],
  ["verify"],
  ["audit", "deprecated"],
  ["migrate", "--dry-run"],
  ["migrate", "--phase", "3", "--force", "--reason", "test", "--yes"],
  ["rollback", "--dry-run"],
  ["rollback", "--all", "--yes"],
  ["finalize", "--yes"],
];

const gone = [
  "task",
  "journal",
  "tally",
  "object",
  "run",
  "run_step",
  "ledger",
  "engine",
  "deprecated_column",
  "deprecated_write",
  "witness",
  "reader",
  "reader_sample",
  "excused_role",
  "own_statement",
  "phone_map",
  "unrestored",
  "erasure_due",
  "erased_contact",
  "own_delete",
  "merge_plan",
  "contact_quarantine",
  "undo_order",
  "archive",
  "finalization",
  "verification_runs",
].map((table) => ({ what: `table ${table} is gone`, sql: `drop table if exists ssot.${table} cascade` }));

const forged: readonly { readonly what: string; readonly sql: string }[] = [
  {
    what: "the ledger has a migration of nobody's",
    sql: "insert into ssot.ledger (name, run_on) values ('99990101000000_forged', now())",
  },
  { what: "the ledger says when at no time", sql: "update ssot.ledger set run_on = 'infinity'" },
  { what: "the ledger says before all time", sql: "update ssot.ledger set run_on = '-infinity'" },
  { what: "the ledger says later than JavaScript counts", sql: "update ssot.ledger set run_on = '294000-01-01'" },
  { what: "the ledger has lost a migration in the middle", sql: "delete from ssot.ledger where name ~ 'validate'" },
  {
    what: "the ledger has steering letters",
    sql: "insert into ssot.ledger (name, run_on) values (E'2026\\n::stop-commands::x', now())",
  },
  {
    what: "the ledger has the drop",
    sql: "insert into ssot.ledger (name, run_on) values ('20260309000000_drop_deprecated_columns', now())",
  },
  { what: "no run is known", sql: "delete from ssot.run" },
  { what: "a run is half-way", sql: "update ssot.run set finished_at = null" },
  { what: "a checksum is another one", sql: "update ssot.run set checksum = 'x'" },
  { what: "a task is further than its plan", sql: "update ssot.task set done = planned + 5" },
  { what: "the journal holds no ids", sql: "update ssot.journal set new = 'x' where task = 'calls.contact_id'" },
  {
    what: "the view is a table",
    sql: "drop view calls_with_caller_names; create table calls_with_caller_names (id uuid)",
  },
  {
    what: "the deprecated column is another table's",
    sql: "update ssot.deprecated_column set relation = 'public.nowhere'",
  },
  { what: "the engine is older than all", sql: "update ssot.engine set version = 0" },
  { what: "the engine is newer", sql: "update ssot.engine set version = 99" },
  ...gone,
];

test.each(draw("forged engines", forged, ({ what }) => what, 0.08))(
  "$what: every command ends with a code that is documented",
  async ({ sql: damage }) => {
    for (const command of commands) {
      const database = await clones.clone();
      try {
        await database.sql.unsafe(damage);
        const { exitCode, stderr } = await callSsot([...command, "--database-url", database.url]);
        await attack("owner", () =>
          expect([command.join(" "), exitCode, exitCode === 70 ? stderr : ""]).toEqual([
            command.join(" "),
            expect.toBeOneOf([0, 1, 3, 4, 5, 6]),
            "",
          ]),
        );
      } finally {
        await database.drop();
      }
    }
  },
);

test("a role that may have too few sessions is told how many a run needs", async () => {
  const database = await clones.clone();
  await withRole(database.sql, "superuser login password 'x' connection limit 1", async (role) => {
    await database.sql.unsafe(`alter role ${role} nosuperuser; grant pg_read_all_data to ${role}`);
    const url = Object.assign(new URL(database.url), { username: role, password: "x" }).href;
    const { exitCode, stderr } = await callSsot(["migrate", "--yes", "--database-url", url]);
    expect(exitCode).toBe(3);
    expect(stderr).toContain("three at a time");
  });
  await database.drop();
});
