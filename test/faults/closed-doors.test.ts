import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pruneAudit } from "../../src/core/audit/prune-audit.ts";
import { rebaseline } from "../../src/core/audit/rebaseline.ts";
import { finalize, planFinalize } from "../../src/core/finalize.ts";
import { migrate } from "../../src/core/migrate.ts";
import { plan } from "../../src/core/plan.ts";
import { planRollback } from "../../src/core/plan-rollback.ts";
import { rollback } from "../../src/core/rollback.ts";
import { resolveTarget } from "../../src/db/target.ts";
import { createTestDatabase, type TestDatabase } from "../support/database.ts";
import { migrateOptions, rollbackOptions } from "../support/run-options.ts";
import { errorOf, refusalOf } from "./refusal.ts";

describe("a migrated database that is closed to writers", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    await migrate(migrateOptions(database.url));
    await database.sql.unsafe(`alter database ${database.name} set default_transaction_read_only = on`);
  });
  afterAll(() => database.drop());

  test.each<[string, (url: string) => Promise<unknown>]>([
    ["migrate", (url) => migrate(migrateOptions(url))],
    ["rollback", (url) => rollback(rollbackOptions(url))],
    ["the dry run of rollback", (url) => planRollback(rollbackOptions(url))],
    ["finalize", (url) => finalize(migrateOptions(url))],
    ["the dry run of finalize", (url) => planFinalize(migrateOptions(url))],
    ["audit prune", (url) => pruneAudit(migrateOptions(url))],
    ["audit rebaseline", (url) => rebaseline(migrateOptions(url))],
  ])("refuses %s, and says where it was closed", async (_, command) => {
    const error = await refusalOf(database, () => command(database.url));
    expect(error.code).toBe("PREFLIGHT");
    expect(error.message).toContain(
      `default_transaction_read_only is on, set for database ${database.name}: ` +
        `whoever closed this database to writers may open it: alter database ${database.name} reset default_transaction_read_only`,
    );
  });
});

test("a client that asked for a read-only session gets one, by its URL and by PGOPTIONS", async () => {
  const database = await createTestDatabase();
  try {
    const option = "-c default_transaction_read_only=on";
    const url = new URL(database.url);
    url.searchParams.set("options", option);
    const byVariable = resolveTarget({
      databaseUrl: database.url,
      environment: { PGOPTIONS: option },
      directory: "/",
    });
    for (const options of [migrateOptions(url.href), { ...migrateOptions(database.url), target: byVariable }]) {
      const error = await errorOf(migrate(options));
      expect(error.code).toBe("PREFLIGHT");
      expect(error.message).toContain("set for this client (PGOPTIONS, or options in the URL)");
      const { obstacles } = await plan(options);
      expect(obstacles.map(({ what }) => what).join()).toContain("default_transaction_read_only is on");
    }
  } finally {
    await database.drop();
  }
});
