import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { status } from "../../src/core/status.ts";
import type { Clones } from "../promises/clones.ts";
import { draw } from "../support/draw.ts";
import { statesWith } from "../support/phase1.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { readTally, snapshotOutside } from "./outcome.ts";
import { cases } from "./plain-case.ts";
import { plainFiles, routes } from "./routes.ts";

describe.each(Object.keys(cases))("the %s case", (name) => {
  let clones: Clones;
  let original: string;
  let migrated: string;
  let tally: unknown;

  beforeAll(async () => {
    clones = (await cases[name]?.()) ?? expect.unreachable();
    const database = await clones.clone();
    original = await snapshotDatabase(database.sql);
    await migrate(migrateOptions(database.url));
    migrated = await snapshotOutside(database);
    tally = await readTally(database);
    await database.drop();
  });
  afterAll(() => clones.drop());

  test.each(draw(`routes of ${name}`, Object.keys(routes), String, 0.2))(
    "%s leaves what migrate leaves, and ssot goes on from there",
    async (route) => {
      const database = await clones.clone();
      try {
        await routes[route]?.(database, await plainFiles());
        expect(await snapshotOutside(database)).toBe(migrated);
        expect(await readTally(database)).toEqual(tally);

        const { url } = database;
        const { migrations } = await status(migrateOptions(url));
        expect(migrations.map(({ state }) => state)).toEqual(statesWith("applied"));
        expect(await migrate(migrateOptions(url))).toMatchObject({ applied: [], caughtUp: 0 });
        expect(await snapshotOutside(database)).toBe(migrated);

        const { rolledBack } = await rollback(rollbackOptions(url));
        expect(rolledBack.filter(({ kept }) => Object.keys(kept).length > 0)).toEqual([]);
        expect(await snapshotDatabase(database.sql)).toBe(original);
      } finally {
        await database.drop();
      }
    },
  );
});
