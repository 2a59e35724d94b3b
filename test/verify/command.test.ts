import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";
import { callSsot } from "../cli/call-ssot.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy } from "./healthy-case.ts";

let database: TestDatabase;
let directory: string;

beforeAll(async () => {
  database = await makeHealthy();
});

afterAll(() => database.drop());

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "ssot-verify-"));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

function verify(...args: string[]) {
  return callSsot(["verify", "--database-url", database.url, ...args], { directory });
}

function write(name: string, text: string): string {
  writeFileSync(join(directory, name), text);
  return join(directory, name);
}

const read = (name: string): string => readFileSync(join(directory, name), "utf8");
// The library as another package has it.
const library = pathToFileURL(join(packageRoot(), "dist", "src", "checks", "public.js")).href;

test("the table names each suite, says what needs a look, and ends with the verdict", async () => {
  const { exitCode, stdout } = await verify();
  expect(exitCode).toBe(0);
  const lines = stdout.trimEnd().split("\n");
  for (const suite of [
    "schema",
    "coverage",
    "live-names",
    "auto-create",
    "dashboard",
    "deprecation-trigger",
    "phase3",
  ]) {
    expect(lines.some((line) => line.startsWith(`  ${suite} `))).toBe(true);
  }
  expect(stdout).toMatch(/inbound +█+░* +\d+\.\d %/);
  expect(lines.at(-1)).toMatch(/^\d+ of \d+ claims hold\. 1 claim needs a look\. \d were skipped\. Safe to deploy\.$/);
});

test("--json is one document with suites, coverage and metrics", async () => {
  const { exitCode, stdout } = await verify("--json", "coverage", "performance");
  expect(exitCode).toBe(0);
  const report = JSON.parse(stdout);
  expect(report).toMatchObject({
    command: "verify",
    ok: true,
    complete: false,
    counts: { fail: 0, error: 0 },
    suites: [{ id: "coverage" }, { id: "performance" }],
    coverage: {
      directions: [
        { direction: "inbound", total: 14, linked: 9, linkable: 9 },
        { direction: "outbound", total: 3, linked: 3, pct: 100 },
      ],
    },
  });
  expect(Object.keys(report.metrics).toSorted()).toEqual(["autoCreateMs", "dashboardPageMs", "viewPageMs"]);
  const [check] = report.suites[0].checks;
  expect(Object.keys(check)).toEqual([
    "id",
    "title",
    "status",
    "expected",
    "actual",
    "population",
    "rows",
    "hint",
    "durationMs",
  ]);
});

test("every reporter writes where it is told, several at once", async () => {
  const { exitCode, stdout } = await verify(
    ...["--reporter", "github", "--reporter", "junit=out/junit.xml", "--reporter", "markdown=report.md"],
    ...["--reporter", "html=report.html", "--reporter", "json=report.json", "--reporter", "table=report.txt"],
  );
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^::warning title=coverage\.unlinked to look at::/);
  expect(stdout.trimEnd().split("\n").at(-1)).toMatch(/^::notice title=ssot verify::/);
  expect(read("out/junit.xml")).toContain("<testsuites ");
  expect(read("report.md")).toMatch(/^<!-- ssot verify -->\n### ⚠️ ssot verify: /);
  expect(read("report.html")).toMatch(/^<!doctype html>/);
  expect(JSON.parse(read("report.json")).command).toBe("verify");
  expect(read("report.txt")).toContain("Safe to deploy.");
});

test("a report of an earlier run is none of a run that failed", async () => {
  write("junit.xml", "<testsuites />");
  const nobody = "postgres://nobody@127.0.0.1:1/none";
  const { exitCode } = await callSsot(["verify", "--database-url", nobody, "--reporter", "junit=junit.xml"], {
    directory,
  });
  expect(exitCode).toBe(3);
  expect(read("junit.xml")).toBe("");
});

test("a report that cannot be written stops the run before anything is asked", async () => {
  write("taken", "a file");
  const { exitCode, stdout, stderr } = await verify("schema", "--reporter", "json=taken/report.json");
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  expect(stderr).toContain("the report cannot be written to");
  expect(stderr).not.toContain("asking schema");
});

test("on GitHub the job's summary gets the markdown", async () => {
  const summary = write("summary.md", "before\n");
  const { exitCode } = await callSsot(["verify", "--database-url", database.url, "--reporter", "github", "schema"], {
    directory,
    env: { GITHUB_STEP_SUMMARY: summary },
  });
  expect(exitCode).toBe(0);
  expect(read("summary.md")).toMatch(/^before\n<!-- ssot verify -->\n### ✅ ssot verify: /);
});

test("--fail-on warn makes a warning a finding, in the exit code and in the words", async () => {
  const { exitCode, stdout } = await verify("coverage", "--fail-on", "warn", "--reporter", "junit");
  expect(exitCode).toBe(1);
  expect(stdout).toContain('<failure message="');
  const table = await verify("coverage", "--fail-on", "warn");
  expect(table.stdout.replace(/\s+/g, " ")).toContain("Not safe to deploy, as --fail-on warn asks.");
});

test("a threshold can be set by option and by file, and the option wins", async () => {
  const high = await verify("performance", "--threshold", "performance.dashboard-page=0");
  expect(high.exitCode).toBe(1);
  expect(high.stdout).toContain("expected: under 0 ms");
  write("ssot.config.json", JSON.stringify({ verify: { thresholds: { "performance.dashboard-page": 0 } } }));
  expect((await verify("performance")).exitCode).toBe(1);
  expect((await verify("performance", "--threshold", "performance.dashboard-page=60000")).exitCode).toBe(0);
  write("ssot.config.json", "{}");
  expect((await verify("performance", "--threshold", "performance.view-page=0")).exitCode).toBe(1);
  expect((await verify("performance", "--threshold", "performance.auto-create=0")).exitCode).toBe(1);
});

test.each<[args: readonly string[], reason: RegExp]>([
  [["nothing"], /there is no suite nothing/],
  [["--reporter", "pdf"], /NAME is one of table, json/],
  [["--reporter", "json", "--reporter", "junit"], /only one reporter can write to the screen: json, junit/],
  [["--json", "--reporter", "github"], /only one reporter can write to the screen/],
  [["--threshold", "coverage.inbound"], /SUITE\.CHECK=NUMBER/],
  [["--threshold", "coverage.nothing=1"], /no check has a threshold of this name: coverage\.nothing/],
  [["--threshold", "schema.view=1"], /no check has a threshold of this name: schema\.view/],
  [["--threshold", "coverage.inbound=55"], /out of range: expected a number from 0 to 1/],
  [["--org", "everybody"], /the organisation's id, a UUID/],
  [["--org", "00000000-0000-4000-8000-000000000000"], /there is no organisation/],
  [["--dashboard-url", "ftp://example.com"], /begins with http/],
  [["--token", "secret"], /--token is for --dashboard-url only/],
  [["--config", "missing.json"], /the configuration cannot be read/],
  [["--suites", "nowhere"], /the folder of suites cannot be read/],
  [["--timeout", "0"], /whole number from 1/],
])("%j is refused with its reason", async (args, reason) => {
  const { exitCode, stderr, stdout } = await verify(...args);
  expect(exitCode).toBe(2);
  expect(stderr.replace(/\s+/g, " ")).toMatch(reason);
  expect(args.includes("--json") || stdout === "").toBe(true);
});

test.each([
  ["{", /is no JSON/],
  ['{"verify":{"threshold":{}}}', /threshold/],
  ['{"verify":{"thresholds":{"coverage.inbound":"high"}}}', /thresholds\.coverage\.inbound/],
  ['{"verify":{"tenant":{"role":""}}}', /tenant/],
])("the configuration %s is refused, and says where", async (text, reason) => {
  write("ssot.config.json", text);
  const { exitCode, stderr } = await verify();
  expect(exitCode).toBe(2);
  expect(stderr.replace(/\s+/g, " ")).toMatch(reason);
});

test("--list shows every claim without asking the database", async () => {
  const { exitCode, stdout } = await callSsot(["verify", "--list"]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("deprecation-trigger");
  expect(stdout.trimEnd()).toMatch(/12 suites, \d+ checks\. Nothing was asked\.$/);
  const json = await callSsot(["verify", "--list", "--json"]);
  expect(JSON.parse(json.stdout).suites).toHaveLength(12);
});

test("--org looks at one organisation", async () => {
  const { stdout } = await verify("coverage", "--json", "--org", firstOrg);
  expect(JSON.parse(stdout).coverage.directions[0]).toMatchObject({ total: 13 });
});

test("a team's own suite runs beside ours; its statement is one, and only reads", async () => {
  const suite = (sql: string, more = "") => `
    import { defineCheck, defineSuite, sql, z } from ${JSON.stringify(library)};
    export default defineSuite({ id: "house-rules", title: "rules of the house", checks: [
      defineCheck({ id: "no-test-calls", claim: "there is no test call", hint: "delete them",
        row: z.object({ id: z.guid(), phone_number: z.string().nullable() }),
        population: sql\`select count(*) as population from public.calls\`, sql: sql\`${sql}\`${more} })] });`;
  write("house.mjs", suite("select c.id, c.phone_number from public.calls as c where c.is_test_call"));
  const good = await verify("house-rules", "--suites", directory);
  expect(good.exitCode).toBe(0);
  expect(good.stdout).toContain("1 held");
  const json = await callSsot(["verify", "--list", "--suites", directory]);
  expect(json.stdout).toContain("no-test-calls");
  for (const [name, statement] of [
    ["delete", "delete from public.calls returning id, phone_number"],
    ["two", "select 1 as id; commit; delete from public.calls"],
    ["shape", "select 1 as id, 'x' as phone_number"],
  ] as const) {
    const folder = mkdtempSync(join(directory, name));
    writeFileSync(join(folder, "house.mjs"), suite(statement));
    expect((await verify("house-rules", "--suites", folder)).exitCode).toBe(3);
  }
  expect(await database.sql`select count(*)::integer as n from public.calls`).toEqual([{ n: 17 }]);
  const shown = mkdtempSync(join(directory, "rows"));
  writeFileSync(join(shown, "house.mjs"), suite("select c.id, c.phone_number from public.calls as c order by c.id"));
  const hidden = await verify("house-rules", "--suites", shown, "--json");
  expect(hidden.stdout).not.toContain("+1415");
  expect((await verify("house-rules", "--suites", shown, "--json", "--show-rows")).stdout).toContain("+1415");
});

test.each([
  ["export default 5;", /exports no suite by default/],
  ["throw new Error('broken');", /cannot be loaded: broken/],
])("a module of suites with %j is refused", async (text, reason) => {
  write("bad.mjs", text);
  const { exitCode, stderr } = await verify("--suites", directory);
  expect(exitCode).toBe(2);
  expect(stderr.replace(/\s+/g, " ")).toMatch(reason);
});

test("nothing that a team's check or probe does is committed", async () => {
  const suite = (checks: string) => `
    import { defineCheck, defineProbe, defineRead, defineSuite, plainText, sql, z } from ${JSON.stringify(library)};
    const row = z.object({ id: plainText });
    export default defineSuite({ id: "house-rules", title: "x", checks: [${checks}] });`;
  const outcomes: string[] = [];
  for (const [name, checks] of [
    [
      "commit",
      'defineCheck({ id: "a", claim: "x", hint: "x", row, sql: sql`commit`, population: sql`delete from public.calls returning 1 as population` })',
    ],
    [
      "with",
      'defineCheck({ id: "a", claim: "x", hint: "x", row, population: 1, sql: sql`with gone as (delete from public.calls returning id) select id::text from gone` })',
    ],
    [
      "begin",
      'defineProbe({ id: "a", claim: "x", hint: "x", probe: async ({ sql }) => { await sql.begin((t) => t.unsafe("insert into public.contacts (org_id, name, phone) select o.id, $1, $2 from public.organizations as o limit 1", ["Left Behind", "+14155550999"])); return { population: 1, broken: 0 }; } })',
    ],
    ["text", 'defineRead({ id: "a", claim: "x", hint: "x", look: async () => ({ population: "0", broken: 0 }) })'],
    ["empty", 'defineRead({ id: "a", claim: "x", hint: "x", look: async () => ({}) })'],
    [
      "words",
      'defineRead({ id: "a", claim: "x", hint: "x", look: async () => { throw new Error("no contact Maya Okafor"); } })',
    ],
    [
      "raise",
      'defineRead({ id: "a", claim: "x", hint: "x", look: async ({ sql }) => { await sql.unsafe("do $$ begin raise exception \'Maya Okafor\' using errcode = \'PT409\'; end $$"); } })',
    ],
  ] as const) {
    const folder = mkdtempSync(join(directory, name));
    writeFileSync(join(folder, "house.mjs"), suite(checks));
    const { exitCode, stdout, stderr } = await verify("house-rules", "--suites", folder, "--reporter", "junit");
    expect(stdout + stderr).not.toContain("Okafor");
    outcomes.push(`${name} ${exitCode}`);
  }
  expect(outcomes).toEqual(["commit 3", "with 3", "begin 3", "text 3", "empty 3", "words 3", "raise 3"]);
  const [left] = await database.sql`
    select (select count(*)::integer from public.calls) as calls,
           (select count(*)::integer from public.contacts where name = 'Left Behind') as contacts`;
  expect(left).toEqual({ calls: 17, contacts: 0 });
  const strange = mkdtempSync(join(directory, "strange"));
  writeFileSync(
    join(strange, "house.mjs"),
    suite(
      'defineRead({ id: "a", claim: "x", hint: "x", severity: "critical", look: async () => ({ population: 1, broken: 1 }) })',
    ),
  );
  expect((await verify("house-rules", "--suites", strange)).exitCode).toBe(2);
});

test("-v shows the SQL, on stderr", async () => {
  const { stderr, stdout } = await verify("coverage", "-v");
  expect(stderr).toContain("public.calls_with_caller_names");
  expect(stdout).not.toContain("select");
});

test("a link that was lost stays a finding however often it is recorded", async () => {
  const lost = await makeHealthy();
  try {
    await lost.sql`update public.calls set contact_id = null where vapi_call_id = 'vapi-seed-01'`;
    for (const round of [1, 2]) {
      const { exitCode, stdout } = await callSsot(["verify", "coverage", "--record", "--database-url", lost.url]);
      expect([round, exitCode]).toEqual([round, 1]);
      expect(stdout).toContain("because of coverage.inbound: 1 fell");
    }
  } finally {
    await lost.drop();
  }
});

test("a suite with an id that is taken is refused", async () => {
  write(
    "schema.mjs",
    `export default { id: "schema", title: "x", checks: [{ id: "x", claim: "x", hint: "x", kind: "read" }] };`,
  );
  const { exitCode, stderr } = await verify("--suites", directory);
  expect(exitCode).toBe(2);
  expect(stderr).toContain("there is a suite schema already");
});

test("--record is refused where nothing may be written, before anything is asked", async () => {
  const { exitCode, stderr } = await verify("--record", "--read-only");
  expect(exitCode).toBe(3);
  expect(stderr).toContain("this run cannot be recorded");
});
