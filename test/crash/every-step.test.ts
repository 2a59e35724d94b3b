import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import type { TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { differences } from "./differences.ts";
import { createOccupiedDatabase, snapshotOutside } from "./equal-databases.ts";
import { type Interruption, interruptEverywhere, listPartial } from "./interruptions.ts";

// A session that was cut off may hold the run lock for a moment longer.
const patient = { waitSeconds: 30 };

let database: TestDatabase;
let undisturbed: TestDatabase;
let original: string;
let migrated: string;

// How many steps are interrupted at least. The end of a session may come so late that it falls behind the next steps.
const fewest = { abort: { up: 28, down: 13 }, terminate: { up: 14, down: 6 } };

const tally = ({ sql }: TestDatabase) => sql`select direction, what, n from ssot.tally order by direction, what`;

/** The server's end of a session may come a little later than asked for: behind the step, or the migration. */
async function expectPartial(how: Interruption, direction: string, place: string): Promise<void> {
  const partial = await listPartial(database.url);
  if (how !== "terminate" && partial.length > 0) expect(partial).toEqual([`${direction} ${place.split(" ")[0]}`]);
  if (how !== "terminate" && direction === "migrate") expect(partial).toHaveLength(1);
  for (const line of partial) expect(line).toMatch(new RegExp(`^${direction} `));
}

beforeAll(async () => {
  undisturbed = await createOccupiedDatabase();
  original = await snapshotDatabase(undisturbed.sql);
  await migrate(migrateOptions(undisturbed.url));
  migrated = await snapshotOutside(undisturbed);
});

afterAll(() => undisturbed.drop());

beforeEach(async () => {
  database = await createOccupiedDatabase();
});

afterEach(() => database.drop());

test.each(["abort", "terminate"] as const)(
  "migrate and rollback, interrupted at any steps (%s), go on to the end state of an undisturbed run",
  async (how) => {
    const { sql, url } = database;
    const up = await interruptEverywhere(
      how,
      sql,
      (interrupted) => migrate(migrateOptions(url, { ...patient, ...interrupted })),
      async (place) => expectPartial(how, "migrate", place),
    );
    expect(new Set(up.map((place) => place.split(" ", 2).join(" "))).size).toBeGreaterThan(fewest[how].up);
    expect(differences(migrated, await snapshotOutside(database))).toEqual([]);
    expect(await tally(database)).toEqual(await tally(undisturbed));
    const down = await interruptEverywhere(
      how,
      sql,
      (interrupted) => rollback(rollbackOptions(url, { ...patient, ...interrupted })),
      async (place) => expectPartial(how, "rollback", place),
    );
    expect(new Set(down.map((place) => place.split(" ", 2).join(" "))).size).toBeGreaterThan(fewest[how].down);
    await rollback(rollbackOptions(url, patient));
    expect(differences(original, await snapshotDatabase(sql))).toEqual([]);
  },
);

test("a migrate that was interrupted at any step can be taken back to where it began", async () => {
  const { sql, url } = database;
  await interruptEverywhere(
    "record",
    sql,
    (interrupted) => migrate(migrateOptions(url, { ...patient, ...interrupted })),
    async (place) => {
      await rollback(rollbackOptions(url, patient));
      expect([place, ...differences(original, await snapshotDatabase(sql))]).toEqual([place]);
    },
  );
});

test("after an interrupted rollback, migrate is refused and changes nothing; the rollback goes on", async () => {
  const { sql, url } = database;
  await migrate(migrateOptions(url));
  const controller = new AbortController();
  const progress = { onStep: (_: string, step: string) => void (step === "restore_names" && controller.abort()) };
  const interrupted = rollback(rollbackOptions(url, { progress, signal: controller.signal }));
  await expect(interrupted).rejects.toMatchObject({ code: "INTERRUPTED" });
  expect(await listPartial(url)).toEqual(["rollback 20260209000200_validate_contact_names"]);
  const before = await snapshotDatabase(sql);
  const refused = migrate(migrateOptions(url, patient));
  await expect(refused).rejects.toMatchObject({
    code: "MIGRATION_FAILED",
    hint: expect.stringContaining("ssot rollback"),
  });
  expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
  await rollback(rollbackOptions(url, patient));
  expect(differences(original, await snapshotDatabase(sql))).toEqual([]);
});
