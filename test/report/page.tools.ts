import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderHtml } from "../../src/report/verify/html.ts";
import { barriersOf, launchBrowser, picturesFolder } from "../support/browser.ts";
import { context, report } from "./verify-report.ts";

// The page in a real Chromium.
const pages = picturesFolder();
const file = join(pages, "verify.html");

let browser: Browser;

beforeAll(async () => {
  writeFileSync(file, renderHtml(report, context));
  browser = await launchBrowser();
});

afterAll(() => browser.close());

test.each([
  ["light", 375],
  ["light", 1280],
  ["dark", 375],
  ["dark", 1280],
] as const)(
  "the page opens offline in %s at %i pixels, loads nothing, fits, and everybody can read it",
  async (colorScheme, width) => {
    // The page's own policy forbids scripts; the check for accessibility is one.
    const page = await browser.newPage({
      colorScheme,
      viewport: { width, height: 900 },
      bypassCSP: true,
      offline: true,
    });
    const asked: string[] = [];
    const complaints: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    page.on("console", (message) => complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(file).href);
    expect(await page.title()).toMatch(/^ssot verify: /);
    expect(asked).toHaveLength(1);
    const wide = await page.evaluate<number>("document.documentElement.scrollWidth");
    expect(wide).toBeLessThanOrEqual(width);
    // A suite with findings is first and open, one without is closed and opens by keyboard.
    const open = "[...document.querySelectorAll('details')].map((each) => each.open)";
    expect(await page.evaluate(open)).toEqual([true, false]);
    await page.focus("details:not([open]) summary");
    await page.keyboard.press("Enter");
    expect(await page.evaluate(open)).toEqual([true, true]);
    // The filter works by keyboard, and leaves what was asked for.
    const shown =
      "[...document.querySelectorAll('.all li')].filter((each) => each.checkVisibility()).map((each) => each.className)";
    const all = await page.evaluate<string[]>(shown);
    expect(all).toHaveLength(5);
    await page.focus("#show-all");
    await page.keyboard.press("ArrowDown");
    expect(await page.evaluate(shown)).toEqual(["is-fail"]);
    await page.screenshot({ path: join(pages, `verify-${colorScheme}-${width}-filtered.png`), fullPage: true });
    await page.keyboard.press("ArrowUp");
    expect(await page.evaluate(shown)).toEqual(all);
    const [first] = await page.locator("main h2").allTextContents();
    expect(first).toBe("To do");
    await page.screenshot({ path: join(pages, `verify-${colorScheme}-${width}.png`), fullPage: true });
    expect(await barriersOf(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await page.close();
  },
);
