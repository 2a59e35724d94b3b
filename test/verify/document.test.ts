import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";
import { suites } from "../../verify/index.ts";
import { callSsot } from "../cli/call-ssot.ts";
import { makeHealthy } from "./healthy-case.ts";

const folder = mkdtempSync(join(tmpdir(), "ssot-docs-"));

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Each line of the mission document that says what is expected. */
const expectedLines: readonly (readonly [line: string, check: string])[] = [
  ["Expected: 1 row (VIEW)", "schema.view"],
  ["Expected: 2 rows (CHECK constraints)", "schema.constraints"],
  ["Expected: 3 rows", "schema.indexes"],
  ["Expected: 1 row", "schema.triggers"],
  ["inbound:  55%+ coverage (5/11 calls minimum)", "coverage.inbound"],
  ["outbound: 100% coverage", "coverage.outbound"],
  ['Expected: 0 rows with "FAIL" status for calls with phone numbers', "live-names.no-unknown"],
  ["Expected: New contact with:", "auto-create.contacts"],
  ["- lead_score: 0-100 (from sentiment analysis)", "auto-create.scores"],
  ['Expected: Empty array [] (no calls with "Unknown Caller")', "dashboard.list"],
  ["Expected: 1 row in audit log with column_name = 'caller_name'", "deprecation-trigger.update"],
  [
    'Expected: WARNING message "[DEPRECATED COLUMN WRITE] calls.caller_name was written to"',
    "deprecation-trigger.warning",
  ],
  ['Expected: Most show "Fixed via JOIN" (unless truly orphaned)', "history.fixed"],
  ["✅ View query time: <400ms (with proper indexes)", "performance.view-page"],
  ["✅ Dashboard load time: <800ms (view adds ~20ms JOIN overhead)", "performance.dashboard-page"],
  ["✅ Contact auto-creation: <200ms (during webhook processing)", "performance.auto-create"],
];

test.each(expectedLines)("the document's line %j is quoted by %s", (line, id) => {
  const quoting = suites.flatMap((suite) =>
    suite.checks.filter(({ quotes = [] }) => quotes.includes(line)).map((check) => `${suite.id}.${check.id}`),
  );
  expect(quoting).toEqual([id]);
});

test("docs/verification.md is what the suites say", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/verification-docs.mjs", "--check"], {
    cwd: packageRoot(),
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  expect(status).toBe(0);
});

test("the page's own suite and configuration run as printed", async () => {
  const page = readFileSync(join(packageRoot(), "docs", "verification.md"), "utf8");
  const suite = /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const configuration = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  const root = (...path: string[]): string => pathToFileURL(join(packageRoot(), ...path)).href;
  writeFileSync(
    join(folder, "house.mjs"),
    suite.replace('"ssot/verify"', JSON.stringify(root("dist", "src", "checks", "public.js"))),
  );
  writeFileSync(join(folder, "ssot.config.json"), configuration.replace('"suites": "verify"', '"suites": "."'));
  const database = await makeHealthy();
  await database.sql`update public.calls set contact_id = null where vapi_call_id = 'vapi-seed-01'`;
  try {
    const { exitCode, stdout } = await callSsot(
      ["verify", "house-rules", "security", "coverage", "--json", "--database-url", database.url],
      { directory: folder },
    );
    const report = JSON.parse(stdout);
    expect(report.suites.map(({ id }: { id: string }) => id)).toEqual(["coverage", "security", "house-rules"]);
    const statuses = report.suites.flatMap(({ checks }: { checks: { id: string; status: string }[] }) =>
      checks.map(({ id, status }) => [id, status]),
    );
    expect(statuses).toContainEqual(["scores-have-a-tier", "pass"]);
    expect(statuses).toContainEqual(["tenant", "pass"]);
    // The configuration's threshold counts: five of six are linked. The trend has another.
    expect(statuses).toContainEqual(["inbound", "pass"]);
    expect(statuses).toContainEqual(["trend", "fail"]);
    expect(exitCode).toBe(1);
  } finally {
    await database.drop();
  }
});
