import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { barriersOf, launchBrowser, picturesFolder } from "../support/browser.ts";
import { firstOrg, type Served, secondContact, serve } from "./served.ts";

// The page in a real Chromium.
const pages = picturesFolder();

let browser: Browser;
let served: Served;
let page: Page;
let complaints: string[];

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());

beforeEach(async () => {
  served = await serve();
});
afterEach(async () => {
  await page?.context().close();
  await served.stop();
});

async function open(options: BrowserContextOptions = {}, calls = 14): Promise<void> {
  const context = await browser.newContext({ locale: "en-US", timezoneId: "UTC", ...options });
  page = await context.newPage();
  complaints = [];
  page.on("request", (request) => {
    if (!request.url().startsWith(served.origin)) complaints.push(request.url());
  });
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  await page.goto(served.server.page);
  await page.getByText(`${calls} calls`, { exact: true }).waitFor();
}

/** As a slow line does: whoever reads the page as soon as it says something finds what it says. */
async function answerLate(): Promise<void> {
  await page.route("**/api/calls-dashboard**", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 300));
    await route.continue();
  });
}

const names = (list = "#calls") => page.locator(`${list} .name bdi`).allTextContents();
const focused = () => page.evaluate<string>("document.activeElement.outerHTML");

test("the calls are listed in pages, with the source of every name in words", async () => {
  await open();
  expect(await names()).toHaveLength(10);
  expect(await page.locator("#range").textContent()).toBe("1–10 of 14");
  expect(await page.getByRole("button", { name: "Previous" }).isDisabled()).toBe(true);
  const badges = await page.locator("#calls .badge").allTextContents();
  expect(new Set(badges)).toEqual(new Set(["contact", "phone"]));
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByText("11–14 of 14").waitFor();
  expect(await names()).toHaveLength(4);
  expect(await page.getByRole("button", { name: "Next" }).isDisabled()).toBe(true);
  expect(await page.content()).not.toContain("Unknown Caller");
  expect(complaints).toEqual([]);
});

test("a search by name or number finds its calls and says how many", async () => {
  await open();
  await page.getByRole("button", { name: "Next" }).click();
  await page.getByText("11–14 of 14").waitFor();
  await page.getByLabel("Search by name or number").fill("okafor");
  await page.getByRole("status").filter({ hasText: "2 calls found for “okafor”" }).waitFor();
  expect(await names()).toEqual(["Maya Okafor", "Maya Okafor"]);
  await page.getByLabel("Search by name or number").fill("5550110");
  await page.getByText("1 call found for “5550110”").waitFor();
  await page.getByLabel("Search by name or number").fill(" (415) 555-0110 ");
  await page.getByText("1 call found for “(415) 555-0110”").waitFor();
  await page.getByLabel("Search by name or number").fill("%");
  await page.getByText("No call found for “%”").waitFor();
  expect(await names()).toEqual([]);
  await page.getByLabel("Search by name or number").fill("");
  await page.getByText("14 calls", { exact: true }).waitFor();
});

test("a first-time call appears in the list and in the recent activity at once", async () => {
  await open();
  expect(await names("#recent-calls")).toHaveLength(5);
  await page.getByRole("button", { name: "Send a first-time call" }).click();
  await page.getByText("15 calls", { exact: true }).waitFor();
  for (const list of ["#calls", "#recent-calls"]) expect((await names(list))[0]).toBe("Ines Duarte");
  expect(await page.locator("#notice").textContent()).toContain("called for the first time");
  const [row] = await served.database.sql`
    select count(*)::integer as contacts from public.contacts where name = 'Ines Duarte'`;
  expect(row).toEqual({ contacts: 1 });
  expect(complaints).toEqual([]);
});

test("a renamed contact shows its new name at once in all of its calls, by keyboard alone", async () => {
  await open();
  await page.keyboard.press("Tab");
  expect(await focused()).toContain("Skip to the calls");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.type("grace");
  await page.getByText("2 calls found").waitFor();
  await page.keyboard.press("Tab");
  expect(await focused()).toContain("Rename Grace Lindqvist");
  await page.keyboard.press("Enter");
  await page.keyboard.type("Unknown Caller");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "The database refuses this name" }).waitFor();
  expect(await focused()).toContain('aria-invalid="true"');
  await page.screenshot({ path: join(pages, "calls-refused-name.png"), fullPage: true });
  await page.keyboard.press("Escape");
  expect(await focused()).toContain("Rename Grace Lindqvist");
  await page.keyboard.press("Enter");
  await page.keyboard.type("Grace <img src=x> Lind");
  await answerLate();
  await page.keyboard.press("Enter");
  await page.getByText("2 calls show the new name at once").waitFor();
  expect(await names()).toEqual(["Grace <img src=x> Lind", "Grace <img src=x> Lind"]);
  expect(await names("#recent-calls")).toContain("Grace <img src=x> Lind");
  expect(await focused()).toContain("Rename Grace");
  expect(await page.locator("img").count()).toBe(0);
  const [row] = await served.database.sql`select name from public.contacts where phone = '+14155550105'`;
  expect(row).toEqual({ name: "Grace <img src=x> Lind" });
  // Chromium tells of the refusal's status; nothing else complains.
  expect(complaints.filter((text) => !text.includes("422"))).toEqual([]);
});

test("the story's figures stand on top, and calls without a name in front of all others", async () => {
  await served.database.sql`
    insert into public.calls (org_id, vapi_call_id, call_direction, phone_number, created_at)
    select org_id, 'withheld', 'inbound', null, created_at - interval '1 year' from public.calls where vapi_call_id = 'vapi-seed-01'`;
  await open({}, 15);
  expect(await page.locator("#figures").innerText()).toMatch(
    /^Unknown before\s+45\.5%\s+5 of 11 inbound calls\s+Unknown now\s+8\.3%\s+1 of 12 inbound calls$/,
  );
  const first = page.locator("main section").first();
  expect(await first.locator("h2").textContent()).toBe("Calls without a name");
  const [row] = await served.database.sql`
    select count(*)::integer as calls from public.calls_with_caller_names
    where name_source <> 'contact' and org_id = ${firstOrg}`;
  expect(await first.getByRole("status").textContent()).toMatch(new RegExp(`^${row?.calls} calls show no name`));
  expect(await first.locator("li").count()).toBe(Math.min(5, Number(row?.calls)));
  expect(await names()).toContain("+1 415 555 0110");
  expect(complaints).toEqual([]);
});

test("a nameless caller is named from the page, in all of its calls at once", async () => {
  await open();
  const nameless = page.locator("#nameless-calls");
  await nameless.getByRole("button", { name: "Name +1 415 555 0110" }).click();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Unknown Caller");
  await page.keyboard.press("Enter");
  await page.getByRole("alert").filter({ hasText: "The database refuses this name" }).waitFor();
  await page.getByRole("textbox", { name: "Name", exact: true }).fill("Leila Haddad");
  await answerLate();
  await page.keyboard.press("Enter");
  await page.getByText("1 call shows the new name at once").waitFor();
  expect(await names()).toContain("Leila Haddad");
  expect(await names("#nameless-calls")).not.toContain("+1 415 555 0110");
  const rows = await served.database.sql`
    select k.name, k.org_id, c.vapi_call_id from public.contacts as k join public.calls as c on c.contact_id = k.id
    where k.phone = '+14155550110'`;
  expect([...rows]).toEqual([{ name: "Leila Haddad", org_id: firstOrg, vapi_call_id: "vapi-seed-11" }]);
  expect(complaints.filter((text) => !text.includes("422"))).toEqual([]);
});

test("what happened meanwhile is there when the reader comes back, and another organisation's is not", async () => {
  await open();
  await served.database.sql`update public.contacts set name = 'Maya O. Lind' where phone = '+14155550101'`;
  await page.evaluate("window.dispatchEvent(new Event('focus'))");
  await page.locator("#calls").getByText("Maya O. Lind").first().waitFor();
  const [other] = await served.database.sql`select name from public.contacts where id = ${secondContact}`;
  expect(other).toEqual({ name: "Maya O. Lind" });
  expect(await page.locator("#count").textContent()).toBe("14 calls");
});

test("a server that has gone is told in words", async () => {
  await open();
  await served.server.stop();
  await page.getByRole("button", { name: "Send a first-time call" }).click();
  await page.getByText("The server does not answer. Does it still run?").waitFor();
});

test.each([
  ["light", 375],
  ["light", 1280],
  ["dark", 375],
  ["dark", 1280],
] as const)("in %s at %i pixels the page fits and everybody can read it", async (colorScheme, width) => {
  // The check for accessibility is a script that the page's own policy forbids.
  await open({ colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
  for (let calls = 15; calls <= 24; calls += 1) {
    await page.getByRole("button", { name: "Send a first-time call" }).click();
    await page.getByText(`${calls} calls`, { exact: true }).waitFor();
  }
  await served.database.sql`
    update public.contacts set name = repeat('Wolfeschlegelsteinhausenbergerdorff', 5) where name like 'Zo% van der Berg'`;
  await served.database.sql`
    update public.calls set phone_number = null, contact_id = null
    where contact_id = (select id from public.contacts where name = 'Kwame Mensah')`;
  await page.reload();
  await page.getByText("24 calls", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Rename Ines Duarte" }).click();
  expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBeLessThanOrEqual(width);
  await page.screenshot({ path: join(pages, `calls-${colorScheme}-${width}.png`), fullPage: true });
  expect(await barriersOf(page)).toEqual([]);
  expect(complaints).toEqual([]);
});
