import { mkdirSync } from "node:fs";
import { join } from "node:path";
import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { packageRoot } from "../../src/model/package-root.ts";

/** Where screenshots go, for somebody to look at. */
export function picturesFolder(): string {
  const folder = join(packageRoot(), ".ssot", "pages");
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A real Chromium: SSOT_TEST_CHROMIUM, else Debian's. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.SSOT_TEST_CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** What keeps people from using the page, by axe: rule and first place of each serious or critical violation. */
export async function barriersOf(page: Page): Promise<readonly string[]> {
  await page.addScriptTag({ content: axe.source });
  const { violations } = await page.evaluate<{
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  }>("axe.run()");
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`);
}
