import fc from "fast-check";
import { expect, test } from "vitest";
import { doctor } from "../../src/core/doctor.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { rollback } from "../../src/core/rollback.ts";
import { SsotError } from "../../src/model/errors.ts";
import { differences } from "../crash/differences.ts";
import { createTestDatabase } from "../support/database.ts";
import { tell, trials } from "../support/draw.ts";
import { migrateOptions, rollbackOptions, targetOf } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { catalogLayouts } from "./catalog.ts";
import { type Layout, standardRows } from "./layout.ts";
import { partLayouts } from "./parts.ts";
import { peopleLayouts } from "./people.ts";
import { settingLayouts } from "./settings.ts";
import { trialLayouts } from "./trial.ts";
import { triggerLayouts } from "./triggers.ts";
import { typeLayouts } from "./types.ts";
import { viewLayouts } from "./views.ts";
import { withheldLayouts } from "./withheld.ts";

// One of a kind each, which need no role and no options of their own, and stamp nothing.
const kinds: readonly (readonly Layout[])[] = [
  [...settingLayouts, ...catalogLayouts],
  typeLayouts,
  [...triggerLayouts, ...trialLayouts],
  [...viewLayouts, ...partLayouts],
  [...peopleLayouts, ...withheldLayouts],
].map((kind) =>
  kind.filter(
    ({ sql, ownTables, byMigrator, options, unstamp, since }) =>
      sql !== "" && !sql.includes("{role}") && !ownTables && !byMigrator && !options && unstamp === undefined && !since,
  ),
);

const drawn = fc
  .tuple(...kinds.map((kind) => fc.option(fc.constantFrom(...kind), { freq: 1 })))
  .map((layouts) => layouts.filter((layout) => layout !== null));

test("whatever kinds come together, a run works and is taken back equal, or is refused as the dry run said", async () => {
  const ends = { works: 0, refused: 0, impossible: 0 };
  await fc.assert(
    fc.asyncProperty(drawn, async (layouts) => {
      ends[await holdGeneralRule(layouts.map(({ sql }) => sql))] += 1;
    }),
    trials(4),
  );
  tell(`layouts combined: ${ends.works} worked, ${ends.refused} were refused, ${ends.impossible} cannot be`);
  expect(ends.works + ends.refused).toBeGreaterThan(0);
});

async function holdGeneralRule(parts: readonly string[]): Promise<"works" | "refused" | "impossible"> {
  const { sql, url, name, drop } = await createTestDatabase();
  try {
    await sql.unsafe(standardRows);
    for (const part of parts) {
      // Two may use one name.
      const made = await sql.unsafe(part.replaceAll("{database}", name)).then(
        () => true,
        () => false,
      );
      if (!made) return "impossible";
    }
    const before = await snapshotDatabase(sql);
    await doctor({ target: targetOf(url) });
    const foreseen = await plan(migrateOptions(url)).then(
      ({ obstacles, unfixable }) => obstacles.length > 0 || unfixable.count > 0,
      (error: unknown) => {
        if (error instanceof SsotError) return true;
        throw error;
      },
    );
    expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
    const refused = await migrate(migrateOptions(url)).then(
      () => false,
      (error: unknown) => {
        if (error instanceof SsotError) return true;
        throw error;
      },
    );
    expect(refused).toBe(foreseen);
    if (!refused) await rollback(rollbackOptions(url));
    expect(differences(before, await snapshotDatabase(sql))).toEqual([]);
    return refused ? "refused" : "works";
  } finally {
    await drop();
  }
}
