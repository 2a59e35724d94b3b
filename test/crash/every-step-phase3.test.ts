import { afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { differences } from "./differences.ts";
import { createOccupiedDatabase, snapshotOutside, snapshotWithoutViews } from "./equal-databases.ts";
import { type Interrupted, type Interruption, interruptEverywhere, listPartial } from "./interruptions.ts";

const drop = "20260309000000_drop_deprecated_columns";
const patient = { waitSeconds: 30 };

let database: TestDatabase;
let original: string;
let dropped: string;

/** Dirty, migrated, and a month later, as far as the ledger knows. */
async function createOldDatabase(): Promise<TestDatabase> {
  const created = await createOccupiedDatabase();
  await migrate(migrateOptions(created.url));
  await created.sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
  return created;
}

const start = ({ url }: TestDatabase, interrupted: Partial<Interrupted> = {}) =>
  migrate(migrateOptions(url, { phase3: true, ...patient, ...interrupted }));

/** A terminated session may have come to its end before. */
async function expectPartial(how: Interruption, expected: string): Promise<void> {
  const partial = await listPartial(database.url);
  if (how !== "terminate" || partial.length > 0) expect(partial).toEqual([expected]);
}

beforeAll(async () => {
  const undisturbed = await createOldDatabase();
  original = await snapshotWithoutViews(undisturbed);
  await start(undisturbed);
  dropped = await snapshotOutside(undisturbed);
  await undisturbed.drop();
});

beforeEach(async () => {
  database = await createOldDatabase();
});

afterEach(() => database.drop());

test.each<Interruption>(["abort", "terminate"])(
  "the drop and its rollback, interrupted at any steps (%s), go on to the end state of an undisturbed run",
  async (how) => {
    const { sql, url } = database;
    const up = await interruptEverywhere(
      how,
      sql,
      (interrupted) => start(database, interrupted),
      async () => expectPartial(how, `migrate ${drop}`),
    );
    expect(up.length).toBeGreaterThan(4);
    expect(differences(dropped, await snapshotOutside(database))).toEqual([]);
    await interruptEverywhere(
      how,
      sql,
      (interrupted) => rollback(rollbackOptions(url, { all: false, ...patient, ...interrupted })),
      async () => expectPartial(how, `rollback ${drop}`),
    );
    expect(differences(original, await snapshotWithoutViews(database))).toEqual([]);
    await start(database);
    expect(differences(dropped, await snapshotOutside(database))).toEqual([]);
  },
);

test.each<Interruption>(["abort", "record"])(
  "a drop that was interrupted at any step (%s) can be taken back, and leaves no trace in the audit",
  async (how) => {
    const { sql, url } = database;
    await interruptEverywhere(
      how,
      sql,
      (interrupted) => start(database, interrupted),
      async (place) => {
        await rollback(rollbackOptions(url, { all: false, ...patient }));
        expect([place, ...differences(original, await snapshotWithoutViews(database))]).toEqual([place]);
        expect([place, ...(await sql`select code, message from ssot.phase3_blockers()`)]).toEqual([place]);
      },
    );
  },
);
