import { expect, test } from "vitest";
import { renderOpenMetrics } from "../../src/report/verify/openmetrics.ts";
import { renderTap } from "../../src/report/verify/tap.ts";
import { parseOpenMetrics } from "../support/openmetrics.ts";
import { parseTap } from "../support/tap.ts";
import { context, personal, report } from "./verify-report.ts";

const tap = (how: typeof context): string => `${renderTap(report, how)}\n`;
const metrics = (): string => `${renderOpenMetrics(report, context)}\n`;
const checks = report.suites.flatMap(({ id: suite, checks: own }) => own.map((check) => ({ suite, check })));

test("TAP has a point a check, and a block where there is more to say", () => {
  const points = parseTap(tap(context));
  expect(points.map(({ ok, skip }) => [ok, skip])).toEqual(
    checks.map(({ check }) => [
      !["fail", "error"].includes(check.status),
      check.status === "skip" ? check.actual : undefined,
    ]),
  );
  expect(points.map(({ description }) => description)).toEqual(
    checks.map(({ suite, check }) => `${suite}.${check.id}: ${check.title.replace(/\s+/g, " ").trim()}`),
  );
  expect(points.map(({ diagnostics }) => diagnostics?.severity)).toEqual(
    checks.map(({ check }) => (["pass", "skip"].includes(check.status) ? undefined : check.status)),
  );
  expect(points.find(({ ok }) => !ok)?.diagnostics).toMatchObject({ actual: "3 of 9 break it", population: 9 });
});

test("a warning is no failure in TAP unless it fails the run", () => {
  const failed = (how: typeof context) => parseTap(tap(how)).filter(({ ok }) => !ok).length;
  expect(failed({ ...context, failOn: "warn" })).toBe(failed(context) + 1);
});

test("TAP and metrics show values of rows only where they were asked for, metrics never", () => {
  for (const value of personal) {
    expect(tap(context)).not.toContain(value);
    expect(tap({ ...context, showRows: true })).toContain(JSON.stringify(value).slice(1, -1));
    expect(`${renderOpenMetrics(report, { ...context, showRows: true })}`).not.toContain(value);
  }
});

test("metrics count each status, and tell each check's, its population, coverage, and when", () => {
  const samples = parseOpenMetrics(metrics());
  const where = { database: "app", host: "db.example.com" };
  const sampleOf = (name: string, labels: object) =>
    samples.find((each) => each.name === `ssot_verify_${name}` && same(each.labels, { ...where, ...labels }))?.value;
  for (const [status, n] of Object.entries(report.counts))
    expect([status, sampleOf("checks", { status })]).toEqual([status, n]);
  for (const { suite, check } of checks) {
    const labels = { suite, check: check.id };
    expect(sampleOf("check_status", { ...labels, status: check.status })).toBe(1);
    expect(sampleOf("check_population", labels)).toBe(check.population);
  }
  expect(samples.filter(({ name, value }) => name === "ssot_verify_check_status" && value === 1)).toHaveLength(
    checks.length,
  );
  expect(sampleOf("coverage_ratio", { direction: "inbound", of: "linkable" })).toBeCloseTo(640 / 900);
  expect(sampleOf("last_run_timestamp_seconds", {})).toBe(context.evidence.at.getTime() / 1000);
  expect(sampleOf("ok", {})).toBe(0);
  expect(sampleOf("info", { tool: "1.2.3", server: "17.4", port: "5432", user: "deploy" })).toBe(1);
});

test.each([
  ["a plan that promises more", tap, (text: string) => text.replace(/^1\.\.\d+$/m, "1..9"), parseTap],
  ["a point twice", tap, (text: string) => text.replace(/^ok 2 /m, "ok 1 "), parseTap],
  ["a block that does not end", tap, (text: string) => text.replace("\n  ...", ""), parseTap],
  ["no end", metrics, (text: string) => text.replace("# EOF\n", ""), parseOpenMetrics],
  [
    "a family in two pieces",
    metrics,
    (text: string) => text.replace("# EOF", "# TYPE ssot_verify_ok gauge\n# EOF"),
    parseOpenMetrics,
  ],
  ["a sample twice", metrics, (text: string) => text.replace(/^(ssot_verify_ok\{.*)$/m, "$1\n$1"), parseOpenMetrics],
  ["a quote that is not escaped", metrics, (text: string) => text.replace('host="', 'host=""'), parseOpenMetrics],
])("the parsers of these tests refuse %s", (_, render, spoil, parse) => {
  const text = render(context);
  expect(() => parse(text)).not.toThrow();
  expect(spoil(text)).not.toBe(text);
  expect(() => parse(spoil(text))).toThrow();
});

function same(one: object, other: object): boolean {
  return JSON.stringify(Object.entries(one).toSorted()) === JSON.stringify(Object.entries(other).toSorted());
}
