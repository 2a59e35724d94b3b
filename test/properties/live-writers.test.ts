import fc from "fast-check";
import { expect, test } from "vitest";
import { verify } from "../../src/core/verify.ts";
import { differences } from "../crash/differences.ts";
import { disarm, holdAt, installPoints, untilHeld } from "../crash/hold-points.ts";
import { carryOut, type RunName } from "../crash/runs.ts";
import { type Clones, cloneable } from "../promises/clones.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { trials } from "../support/draw.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { statusesOf, verifyOptions } from "../verify/healthy-case.ts";
import { loadWorld, type World, world } from "./dirty-world.ts";
import { carryOutWrite, liveWrites, type Write } from "./live-writers.ts";

async function createWorld(dirt: World): Promise<Clones> {
  const database = await createTestDatabase();
  await loadWorld(database.sql, dirt);
  for (const table of ["organizations", "contacts", "calls"])
    await database.sql`update ${database.sql(`public.${table}`)} set updated_at = '2026-02-01'`;
  // Links across organisations are dirt that stays: verify tells them, whoever writes meanwhile.
  await database.sql`
    update public.calls as c set contact_id = null
    from public.contacts as k where k.id = c.contact_id and k.org_id <> c.org_id`;
  await installPoints(database.sql);
  await database.sql`
    create table strike.contacts as select row_number() over (order by id) - 1 as place, id from public.contacts`;
  return cloneable(database);
}

/** Holds a run at a point, if it has so many, while an application writes. Gives the writes that changed something. */
async function writeDuring(
  { sql, url }: TestDatabase,
  name: RunName,
  at: number,
  wanted: readonly Write[],
): Promise<readonly [Write, string][]> {
  const letGo = await holdAt(sql, { at, name });
  const run = carryOut(name, url);
  await untilHeld(sql, run).catch(() => {});
  const writing = Promise.all(
    wanted.map(async (write, place): Promise<[Write, string] | undefined> => {
      const label = `${name} ${place}`;
      return (await carryOutWrite(sql, write, label)) ? [write, label] : undefined;
    }),
  );
  // Who waits for a row of the held transaction waits on while the run goes on.
  await Promise.race([writing, new Promise((resolve) => setTimeout(resolve, 200))]);
  await letGo();
  const done = await writing;
  await run;
  await disarm(sql);
  return done.filter((each) => each !== undefined);
}

/** What the checks of the rows themselves find. */
async function brokenChecks(url: string): Promise<readonly string[]> {
  const report = await verify(await verifyOptions(url, { suites: ["integrity", "history"] }));
  return [...statusesOf(report)].filter(([, status]) => status === "fail" || status === "error").map(([id]) => id);
}

test("whatever an application writes during migrate and rollback is kept, and everything else comes back", async () => {
  await fc.assert(
    fc.asyncProperty(
      world,
      fc.record({ at: fc.integer({ min: 1, max: 620 }), writes: liveWrites }),
      fc.record({ at: fc.integer({ min: 1, max: 330 }), writes: liveWrites }),
      async (dirt, up, down) => {
        const clones = await createWorld(dirt);
        const database = await clones.clone();
        const twin = await clones.clone();
        try {
          const during = await writeDuring(database, "migrate", up.at, up.writes);
          await carryOut("migrate", database.url);
          expect(await brokenChecks(database.url)).toEqual([]);
          const after = await writeDuring(database, "rollback --all", down.at, down.writes);
          for (const [write, label] of [...during, ...after]) {
            expect([write, await carryOutWrite(twin.sql, write, label)]).toEqual([write, true]);
          }
          const read = ({ sql }: TestDatabase) => snapshotDatabase(sql, { ignoreSchemas: ["strike", "ssot"] });
          expect(differences(await read(twin), await read(database))).toEqual([]);
        } finally {
          await database.drop();
          await twin.drop();
          await clones.drop();
        }
      },
    ),
    trials(3),
  );
});
