import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { status } from "../../src/core/status.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import { draw } from "../support/draw.ts";
import { statesWith } from "../support/phase1.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { readTally, snapshotOutside } from "./outcome.ts";
import { cases } from "./plain-case.ts";
import { plainFiles, routes } from "./routes.ts";

describe.each(Object.keys(cases))("the %s case, deprecated by exported files", (name) => {
  let source: Clones;
  let clones: Clones;
  let original: string;

  beforeAll(async () => {
    source = (await cases[name]?.()) ?? expect.unreachable();
    const database = await source.clone();
    original = await snapshotDatabase(database.sql);
    await routes["each file pasted into an editor"]?.(database, await plainFiles());
    clones = await cloneable(database);
  });
  afterAll(async () => {
    await clones.drop();
    await source.drop();
  });

  test.each(draw(`routes of ${name}`, Object.keys(routes), String, 0.2))(
    "%s drops what migrate drops when the gate is open, and rollback brings it back",
    async (route) => {
      const [database, other] = [await clones.clone(), await clones.clone()];
      try {
        for (const { sql } of [database, other]) await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
        await routes[route]?.(database, await plainFiles(3));
        await migrate(migrateOptions(other.url, { phase3: true }));
        expect(await snapshotOutside(database)).toBe(await snapshotOutside(other));
        expect(await readTally(database)).toEqual(await readTally(other));

        const { migrations } = await status(migrateOptions(database.url));
        expect(migrations.map(({ state }) => state)).toEqual(statesWith("applied", "applied"));
        expect(await migrate(migrateOptions(database.url, { phase3: true }))).toMatchObject({
          applied: [],
          caughtUp: 0,
        });
        await rollback(rollbackOptions(database.url));
        expect(await snapshotDatabase(database.sql)).toBe(original);
      } finally {
        await database.drop();
        await other.drop();
      }
    },
  );

  test.each(draw(`routes of ${name}`, Object.keys(routes), String, 0.2))(
    "%s drops nothing and changes nothing while the gate is closed",
    async (route) => {
      const database = await clones.clone();
      try {
        const before = await snapshotDatabase(database.sql);
        await expect(routes[route]?.(database, await plainFiles(3))).rejects.toMatchObject({ code: "SS003" });
        await database.sql`drop schema if exists rpc cascade`;
        expect(await snapshotDatabase(database.sql)).toBe(before);
      } finally {
        await database.drop();
      }
    },
  );
});
