import { readFileSync } from "node:fs";
import { join } from "node:path";
import { marked } from "marked";
import { expect, test } from "vitest";
import { validateXML } from "xmllint-wasm";
import { packageRoot } from "../../src/model/package-root.ts";
import { verdictOf } from "../../src/report/verify/context.ts";
import { renderGithub } from "../../src/report/verify/github.ts";
import { renderHtml } from "../../src/report/verify/html.ts";
import { renderJunit } from "../../src/report/verify/junit.ts";
import { renderMarkdown } from "../../src/report/verify/markdown.ts";
import { renderVerify } from "../../src/report/verify/table.ts";
import { plain } from "./styles.ts";
import { context, personal, report } from "./verify-report.ts";

const withRows = { ...context, showRows: true };

async function errorsOf(xml: string): Promise<readonly string[]> {
  const schema = readFileSync(join(packageRoot(), "test", "report", "junit.xsd"), "utf8");
  const { errors } = await validateXML({
    xml: [{ fileName: "junit.xml", contents: xml }],
    schema: [{ fileName: "junit.xsd", contents: schema }],
  });
  return errors.map(({ message }) => message);
}

test.each([
  ["as it is", context],
  ["with rows", withRows],
  ["where a warning counts", { ...context, failOn: "warn" as const }],
])("JUnit is valid against the common schema %s", async (_, how) => {
  expect(await errorsOf(renderJunit(report, how))).toEqual([]);
});

test("the schema finds what is no JUnit", async () => {
  const xml = renderJunit(report, context);
  expect(await errorsOf(xml.replace("<skipped message", "<ignored message"))).not.toEqual([]);
  expect(await errorsOf(xml.replace(/ failures="\d+"/, ""))).not.toEqual([]);
});

test("JUnit counts each outcome, and a warning fails only where it is meant to", () => {
  const xml = renderJunit(report, context);
  expect(xml).toContain('<testsuites name="ssot verify" tests="5" failures="1" errors="1" time="1.900">');
  expect(xml).toContain(
    '<testsuite name="first" id="0" tests="2" failures="0" errors="0" skipped="1" time="0.024" timestamp="2026-02-13T17:04:05" hostname="db.example.com">',
  );
  expect(xml).toMatch(/<failure message="3 of 9 break it" type="fail">looked at: 9\nto do: what to do<\/failure>/);
  expect(xml).toContain("<system-out>a warning: 3 of 9 break it; expected: at least 55.0 % of them");
  expect(renderJunit(report, { ...context, failOn: "warn" })).toContain('failures="2" errors="1"');
});

test.each([
  ["junit", renderJunit],
  ["github", renderGithub],
  ["markdown", renderMarkdown],
] as const)("%s shows values of rows only where they were asked for", (_, render) => {
  const text = (how: typeof context): string => render(report, how).replaceAll("&lt;", "<").replaceAll("&gt;", ">");
  for (const value of personal) {
    expect(text(context)).not.toContain(value);
    expect(text(withRows)).toContain(value);
  }
});

test("markdown renders: a heading, a table of suites, a list of findings, a table of coverage", () => {
  const html = String(marked.parse(renderMarkdown(report, context)));
  expect(html).toMatch(/^<!-- ssot verify -->\s*<h3>❌ ssot verify: 1 of 4 claims is broken/);
  expect(html.match(/<table>/g)).toHaveLength(2);
  expect(html).toContain("<code>coverage.broken</code>");
  expect(html.match(/<tr>/g)).toHaveLength(6);
  // What looks like markup in a claim is text.
  expect(html).not.toContain("<b>");
  expect(html).not.toContain("<em>d</em>");
  expect(html).not.toContain('href="f"');
});

test("GitHub gets one line an annotation, and text cannot become a command", () => {
  const lines = renderGithub(report, context).split("\n");
  expect(lines.map((line) => /^::(\w+) title=([^:]+)::/.exec(line)?.slice(1, 3))).toEqual([
    ["error", "coverage.broken broken"],
    ["warning", "coverage.look to look at"],
    ["error", "coverage.unknown could not run"],
    ["error", "ssot verify"],
  ]);
  expect(lines[0]).toContain("%250A::error::");
  expect(renderGithub(report, { ...context, failOn: "warn" })).toMatch(/^::error title=coverage\.look/m);
});

test("the page is one file without script that loads nothing, with text as text", () => {
  const html = renderHtml(report, context);
  expect(html).not.toMatch(/<script|<link|<img|@import|url\(|https?:/i);
  expect(html).toContain("default-src 'none'");
  expect(html).not.toContain('<b>"a"');
  expect(html).toContain("&lt;b&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/b&gt;");
  expect(html).not.toContain("\u0001");
  expect([...html.matchAll(/<h2>([^<]+)<\/h2>/g)].map(([, heading]) => heading)).toEqual([
    ...["To do", "Coverage", "Deprecated writes", "Trend", "Checks"],
  ]);
  expect(html.match(/role="img" aria-label="[^"]+"/g)).toHaveLength(4);
});

test("the first day's bar is at the left end, the last day's at the right one", () => {
  const bars = [
    ...renderHtml(report, context).matchAll(/<rect x="([\d.]+)"[^>]* width="([\d.]+)"[^>]* class="look"/g),
  ].slice(-2);
  expect(bars.map(([, x, wide]) => [Number(x), Number(x) + Number(wide)])).toEqual([
    [0, 48],
    [592, 640],
  ]);
});

test("one run is no trend, and without a finding there is nothing to do", () => {
  const html = renderHtml({ ...report, trend: report.trend.slice(0, 1), suites: [] }, context);
  expect(html).toContain("One recorded run is no trend");
  expect(html).not.toContain("polyline points");
  expect(html).not.toContain("<h2>To do</h2>");
});

test("a page without figures leaves their charts out", () => {
  const html = renderHtml({ ...report, coverage: null, trend: [], writes: [] }, context);
  expect(html).not.toContain("<svg");
});

test("the table shows what needs a look, its rows and what to do, and keeps to the width", () => {
  const text = renderVerify(report, plain(80), context);
  expect(text).toContain("broken: broken");
  expect(text).not.toContain("\u0001");
  expect(text).toContain("→ what to do");
  expect(text).toContain("skipped skipped: the reason of a skip");
  expect(text).toContain("inbound    ██████████████░░░░░░  71.1 %  (640 of 900 linkable)");
  // Linked calls that nobody counts among those that can be are told beside the others.
  expect(text).toContain("total 1,000, linked 640, 64.0 %\n");
  const [inbound, ...rest] = report.coverage?.directions ?? [];
  if (report.coverage === null || inbound === undefined) throw new Error("expected a coverage");
  const directions = [{ ...inbound, linked: 650, pct: 65 }, ...rest];
  const more = renderVerify({ ...report, coverage: { ...report.coverage, directions } }, plain(80), context);
  expect(more).toMatch(/total 1,000, linked 650, 65\.0 %; 10 of them are besides/);
  expect(text.replace(/\s+/g, " ")).toMatch(/1 claim needs a look\. 1 was skipped\. Not safe to deploy\.$/);
  expect(text).toContain("exit 1 · 1.9 s");
});

test.each([
  [{ pass: 4, fail: 0, warn: 0, skip: 9, error: 0 }, true, "4 of 4 claims hold. 9 were skipped. Safe to deploy."],
  [
    { pass: 1, fail: 0, warn: 2, skip: 0, error: 0 },
    true,
    "1 of 3 claims holds. 2 claims need a look. Safe to deploy.",
  ],
  [
    { pass: 1, fail: 2, warn: 0, skip: 0, error: 1 },
    false,
    "2 of 4 claims are broken, 1 could not be asked. Not safe to deploy.",
  ],
  [{ pass: 3, fail: 0, warn: 0, skip: 0, error: 1 }, false, "1 of 4 claims could not be asked. Not safe to deploy."],
  [{ pass: 0, fail: 0, warn: 0, skip: 5, error: 0 }, false, "Nothing was checked. Not safe to deploy."],
])("the verdict of %j", (counts, ok, words) => {
  expect(verdictOf({ ...report, counts, ok, complete: true })).toBe(words);
});

test.each([
  [{ pass: 14, fail: 0, warn: 0, skip: 3, error: 0 }, true, "The 14 claims asked hold. 3 were skipped."],
  [{ pass: 1, fail: 0, warn: 0, skip: 0, error: 0 }, true, "The 1 claim asked holds."],
  [{ pass: 2, fail: 0, warn: 1, skip: 0, error: 0 }, true, "2 of the 3 claims asked hold. 1 claim needs a look."],
])("the verdict of %j where not everything was asked", (counts, ok, words) => {
  expect(verdictOf({ ...report, counts, ok, complete: false })).toBe(`${words} Whether to deploy, the whole run says.`);
});
