import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runAnyColumn } from "../../src/core/demo/run-any-column.ts";
import { renderAnyColumn } from "../../src/report/render-demo.ts";
import { createStyle } from "../../src/report/style.ts";
import { createTestDatabase } from "../support/database.ts";
import { targetOf } from "../support/run-options.ts";

test("every claim of the story of any column holds, and the database agrees", async () => {
  const database = await createTestDatabase({ template: "empty" });
  const directory = mkdtempSync(join(tmpdir(), "ssot-any-column-"));
  try {
    const report = await runAnyColumn({ target: targetOf(database.url), directory });
    expect(report.claims.filter(({ held }) => !held)).toEqual([]);
    expect(report.claims).toHaveLength(9);
    expect(report.ok).toBe(true);
    const { before, dropped, back } = report;
    expect([before, dropped, back]).toEqual([
      { pages: 12, stored: 12, stale: 3 },
      { pages: 13, stored: null, stale: null },
      { pages: 13, stored: 13, stale: 4 },
    ]);
    const files = readdirSync(directory).filter((name) => name.endsWith(".sql"));
    const ledger = await database.sql<{ name: string }[]>`select name from ssot.ledger`;
    expect(ledger.map(({ name }) => `${name}.sql`)).toEqual([files.find((name) => name.includes("_deprecate_"))]);
    const style = createStyle({ color: false, width: 80 });
    const told = renderAnyColumn(report, style);
    expect(told).toContain("All 9 claims held.");
    expect(Math.max(...told.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    const [first] = report.claims;
    if (first === undefined) throw new Error("nothing was claimed");
    const broken = { ...report, ok: false, claims: [{ ...first, held: false }] };
    expect(renderAnyColumn(broken, style)).toContain("1 claim is broken.");
  } finally {
    rmSync(directory, { recursive: true });
    await database.drop();
  }
});
