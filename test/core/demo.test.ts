import { expect, test } from "vitest";
import { runDemo } from "../../src/core/demo/run-demo.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { createTestDatabase } from "../support/database.ts";
import { targetOf } from "../support/run-options.ts";

test("every claim of the demo holds, and the database agrees", async () => {
  const database = await createTestDatabase({ template: "empty" });
  try {
    const report = await runDemo({ target: targetOf(database.url), directory: migrationsDirectory() });
    expect(report.claims.filter(({ held }) => !held)).toEqual([]);
    expect(report.claims).toHaveLength(9);
    expect(report.ok).toBe(true);
    expect(report.before).toMatchObject({ inbound: 11, unknown: 5, inboundLinked: 0 });
    const [seen] = await database.sql<{ unknown: number; caller_name: string }[]>`
      select count(*) filter (where resolved_caller_name ilike 'unknown%')::integer as unknown, max(caller_name) as caller_name
      from public.calls_with_caller_names`;
    expect(seen).toEqual({ unknown: 0, caller_name: "frozen again" });
  } finally {
    await database.drop();
  }
});
