import fc from "fast-check";
import { expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { differences } from "../crash/differences.ts";
import { snapshotWithoutViews } from "../crash/equal-databases.ts";
import { createTestDatabase } from "../support/database.ts";
import { trials } from "../support/draw.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { loadWorld, type World, world } from "./dirty-world.ts";
import { variations } from "./schema-variations.ts";

const plain: World = { contacts: [], calls: [] };

test("whatever schema within the contract, a rollback gives it back, from the drop as well", async () => {
  await fc.assert(
    fc.asyncProperty(world, fc.subarray([...variations]), fc.boolean(), async (dirt, chosen, drops) => {
      const database = await createTestDatabase();
      const { sql, url } = database;
      try {
        await loadWorld(sql, dirt);
        for (const variation of chosen) await sql.unsafe(variation.sql);
        const before = drops ? await snapshotWithoutViews(database) : await snapshotDatabase(sql);
        await migrate(migrateOptions(url));
        await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
        if (drops) await migrate(migrateOptions(url, { phase3: true }));
        await rollback(rollbackOptions(url));
        const after = drops ? await snapshotWithoutViews(database) : await snapshotDatabase(sql);
        expect(differences(before, after)).toEqual([]);
      } finally {
        await database.drop();
      }
    }),
    { ...trials(3), examples: [[plain, [...variations], true]] },
  );
});
