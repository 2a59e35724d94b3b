import fc from "fast-check";
import { expect, test } from "vitest";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { rollback } from "../../src/core/rollback.ts";
import { createTestDatabase } from "../support/database.ts";
import { trials } from "../support/draw.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { loadWorld, world } from "./dirty-world.ts";

test("whatever the dirt, the dry run counts what the run does, and a rollback gives the database back", async () => {
  await fc.assert(
    fc.asyncProperty(world, fc.constantFrom(undefined, 1, 3), async (dirt, batchSize) => {
      const { sql, url, drop } = await createTestDatabase();
      try {
        await loadWorld(sql, dirt);
        const before = await snapshotDatabase(sql);
        const planned = await plan(migrateOptions(url));
        const report = await migrate(migrateOptions(url, { batchSize }));
        expect(report.applied.map(({ effects }) => effects)).toEqual(planned.pending.map(({ effects }) => effects));
        const taken = await rollback(rollbackOptions(url, { batchSize }));
        expect(taken.rolledBack.filter(({ kept }) => Object.keys(kept).length > 0)).toEqual([]);
        expect(await snapshotDatabase(sql)).toBe(before);
      } finally {
        await drop();
      }
    }),
    trials(3),
  );
});

test("whatever the dirt, the drop and its rollback give every value back", async () => {
  await fc.assert(
    fc.asyncProperty(world, fc.constantFrom(undefined, 1, 3), async (dirt, batchSize) => {
      const { sql, url, drop } = await createTestDatabase();
      try {
        await loadWorld(sql, dirt);
        const before = await snapshotDatabase(sql);
        await migrate(migrateOptions(url));
        await sql`update ssot.ledger set run_on = run_on - interval '32 days'`;
        await migrate(migrateOptions(url, { phase3: true, batchSize }));
        const lost = await sql`
          select c.id from public.calls as c
          where c.call_direction = 'inbound' and btrim(coalesce(c.phone_number, '')) = ''
            and exists (select from ssot.dropped_call_columns as a where a.call_id = c.id and btrim(a.from_number) <> '')`;
        expect(lost).toEqual([]);
        await rollback(rollbackOptions(url, { batchSize }));
        expect(await snapshotDatabase(sql)).toBe(before);
      } finally {
        await drop();
      }
    }),
    trials(3),
  );
});
