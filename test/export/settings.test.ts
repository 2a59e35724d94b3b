import { expect, test } from "vitest";
import { rollback } from "../../src/core/rollback.ts";
import { standardRows } from "../layouts/layout.ts";
import { otherTexts, telling } from "../layouts/settings.ts";
import { createTestDatabase } from "../support/database.ts";
import { rollbackOptions } from "../support/run-options.ts";
import { snapshotDatabase } from "../support/snapshot.ts";
import { plainFiles, routes } from "./routes.ts";

test.each(["each file pasted into an editor", "all files in one transaction", "statement by statement"])(
  "%s writes values as ssot reads them, whatever the database has set",
  async (route) => {
    const database = await createTestDatabase();
    try {
      await database.sql.unsafe(`${standardRows};${telling};${otherTexts.replaceAll("{database}", database.name)}`);
      const before = await snapshotDatabase(database.sql);
      await routes[route]?.(database, await plainFiles());
      const [merged] = await database.sql`select count(*)::integer as n from public.contacts`;
      expect(merged?.n).toBe(2);
      const { rolledBack } = await rollback(rollbackOptions(database.url));
      expect(rolledBack.filter(({ kept }) => Object.keys(kept).length > 0)).toEqual([]);
      expect(await snapshotDatabase(database.sql)).toBe(before);
    } finally {
      await database.drop();
    }
  },
);
