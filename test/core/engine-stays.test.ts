import { expect, test } from "vitest";
import { loadSeedCase } from "../../fixtures/seed-case.ts";
import { migrate } from "../../src/core/migrate.ts";
import { rollback } from "../../src/core/rollback.ts";
import { exitCodeOf } from "../../src/model/errors.ts";
import { errorOf } from "../faults/refusal.ts";
import { createTestDatabase } from "../support/database.ts";
import { phase1 } from "../support/phase1.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";

test("an engine that somebody's view stands on stays, all migrations taken back; without the view it goes", async () => {
  const database = await createTestDatabase();
  const { sql, url } = database;
  try {
    await loadSeedCase(sql);
    const before = await snapshotDatabase(sql);
    await migrate(migrateOptions(url));
    await sql`create view public.applied as select name from ssot.ledger`;
    const error = await errorOf(rollback(rollbackOptions(url)));
    expect(error).toMatchObject({
      code: "ROLLBACK_FAILED",
      message: expect.stringContaining("all migrations are taken back, schema ssot is still there"),
      details: { applied: phase1.toReversed(), failed: null, notRun: [] },
    });
    expect(exitCodeOf(error)).toBe(4);
    expect(await sql`select name from public.applied`).toEqual([]);
    await sql`drop view public.applied`;
    expect(await rollback(rollbackOptions(url))).toMatchObject({ rolledBack: [] });
    expect(await snapshotDatabase(sql)).toBe(before);
  } finally {
    await database.drop();
  }
});
