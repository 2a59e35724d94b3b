import { request } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { endOfCallReport, firstCaller } from "../../src/server/first-call.ts";
import { checkPort, startServer } from "../../src/server/start-server.ts";
import {
  firstOrg,
  firstToken,
  phoneNumberId,
  type Served,
  secondContact,
  secondOrg,
  secondToken,
  serve,
  webhookSecret,
} from "./served.ts";

let served: Served;
beforeAll(async () => {
  served = await serve();
});
afterAll(() => served?.stop());

const maya = "c0000000-0000-4000-8000-000000000001";
const listed = z.object({
  calls: z.array(
    z.object({
      id: z.string(),
      contact_id: z.string().nullable(),
      call_direction: z.string(),
      caller_name: z.string(),
      phone_number: z.string(),
      name_source: z.string(),
    }),
  ),
  total: z.number().optional(),
});

async function list(path: string, token = firstToken) {
  const response = await fetch(served.origin + path, { headers: { authorization: `Bearer ${token}` } });
  expect(response.status).toBe(200);
  return listed.parse(await response.json());
}

async function post(path: string, body: unknown, headers: Readonly<Record<string, string>>) {
  const response = await fetch(served.origin + path, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: z.record(z.string(), z.unknown()).parse(await response.json()) };
}

const asFirst = { authorization: `Bearer ${firstToken}` };

/** The cookie that the page's own browser gets. */
async function pageCookie(): Promise<string> {
  const response = await fetch(served.server.page);
  expect(response.status).toBe(200);
  const cookie = response.headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(/; Path=\/; HttpOnly; SameSite=Strict$/);
  return cookie.split(";")[0] ?? "";
}

async function contacts() {
  const rows = await served.database.sql`select id, org_id, name, phone from public.contacts order by id`;
  return JSON.stringify(rows);
}

/** Sends headers that `fetch` sets by itself. */
function statusAs(path: string, headers: Readonly<Record<string, string>>): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(served.origin + path, { headers }, (response) => {
      response.resume();
      response.on("end", () => resolve(response.statusCode));
    });
    sent.on("error", reject);
    sent.end();
  });
}

test("the calls are listed in pages, newest first, and none of them is an Unknown Caller", async () => {
  const { calls, total } = await list("/api/calls-dashboard?page=2&limit=10");
  expect({ shown: calls.length, total }).toEqual({ shown: 4, total: 14 });
  const all = await list("/api/calls-dashboard?page=1&limit=100");
  expect(all.calls.filter(({ caller_name }) => caller_name === "Unknown Caller")).toEqual([]);
  const recent = await list("/api/calls-dashboard/recent?limit=3");
  expect(recent.calls).toEqual(all.calls.slice(0, 3));
});

test("a token sees the calls of its organisation only, and renames no contact of another", async () => {
  const { calls, total } = await list("/api/calls-dashboard?search=4155550101", secondToken);
  expect({ total, names: calls.map(({ caller_name }) => caller_name) }).toEqual({ total: 1, names: ["Somebody Else"] });
  const before = await contacts();
  const refused = await post("/demo/rename", { contactId: secondContact, name: "Taken Over" }, asFirst);
  expect(refused).toMatchObject({ status: 404, body: { error: { code: "UNKNOWN_CONTACT" } } });
  expect(await contacts()).toBe(before);
});

test.each([
  ["no token", {}],
  ["an empty token", { authorization: "Bearer " }],
  ["another token", { authorization: "Bearer somebody-s" }],
  ["another cookie", { cookie: "ssot_demo=1" }],
])("with %s nothing is read or written", async (_, headers: Record<string, string>) => {
  const before = await contacts();
  for (const path of ["/api/calls-dashboard?page=1", "/api/calls-dashboard/recent"]) {
    expect((await fetch(served.origin + path, { headers })).status).toBe(401);
  }
  expect((await post("/demo/rename", { contactId: maya, name: "Nobody's" }, headers)).status).toBe(401);
  expect((await post("/demo/first-call", {}, headers)).status).toBe(401);
  expect(await contacts()).toBe(before);
});

test("the webhook takes a report with its secret, and neither a stranger's nor a broken one", async () => {
  const report = endOfCallReport({ name: "Nadia Petrova", number: "+13105550123" }, phoneNumberId);
  const path = "/api/webhooks/vapi";
  expect(await post(path, report, {})).toMatchObject({ status: 401 });
  expect(await post(path, report, { "x-vapi-secret": "guessed" })).toMatchObject({ status: 401 });
  expect(await post(path, { message: {} }, { "x-vapi-secret": webhookSecret })).toMatchObject({ status: 400 });
  const answered = await post(path, report, { "x-vapi-secret": webhookSecret });
  expect(answered).toMatchObject({ status: 200, body: { contactCreated: true } });
  const [row] = await served.database.sql`
    select k.org_id, k.name, k.source from public.calls as c join public.contacts as k on k.id = c.contact_id
    where c.phone_number = '+13105550123'`;
  expect(row).toEqual({ org_id: firstOrg, name: "Nadia Petrova", source: "inbound-call-auto" });
});

test("a first-time call goes through the webhook, and its caller's markup stays text", async () => {
  const cookie = await pageCookie();
  const names = new Set<string>();
  for (let n = 0; n < 10; n += 1) {
    const { status, body } = await post("/demo/first-call", {}, { cookie, origin: served.origin });
    expect({ status, ...body }).toMatchObject({ status: 200, ...firstCaller(n) });
    const [newest] = (await list("/api/calls-dashboard/recent?limit=1")).calls;
    expect(newest).toMatchObject({ id: body.callId, caller_name: firstCaller(n).name, name_source: "contact" });
    names.add(String(body.name));
  }
  expect([...names].some((name) => name.includes("<b>"))).toBe(true);
  expect(served.logged.filter((line) => line.startsWith("Contact auto-created"))).not.toEqual([]);
  // Ids only: neither names nor numbers are logged.
  for (const name of names) expect(served.logged.join("\n")).not.toContain(name);
});

test("no two of two thousand first-time callers have one number", () => {
  const numbers = Array.from({ length: 2000 }, (_, n) => firstCaller(n).number);
  expect(new Set(numbers).size).toBe(2000);
});

test("an organisation without a number at Vapi cannot be called", async () => {
  const answered = await post("/demo/first-call", {}, { authorization: `Bearer ${secondToken}` });
  expect(answered).toMatchObject({ status: 409, body: { error: { code: "CONFIGURATION" } } });
  const [row] = await served.database.sql`
    select count(*)::integer as calls from public.calls where org_id = ${secondOrg}`;
  expect(row).toEqual({ calls: 1 });
});

test("a renamed contact is renamed in all of its calls at once", async () => {
  const answered = await post("/demo/rename", { contactId: maya, name: "  Maya Okafor-Lind " }, asFirst);
  expect(answered).toEqual({ status: 200, body: { name: "Maya Okafor-Lind", calls: 2 } });
  const { calls } = await list("/api/calls-dashboard?search=okafor");
  expect(calls.map(({ caller_name }) => caller_name)).toEqual(["Maya Okafor-Lind", "Maya Okafor-Lind"]);
});

test.each(["Unknown Caller", "x", "", "   ", "+1 415 555 0101", "\u200b"])(
  "a name that the database refuses is refused in words: %j",
  async (name) => {
    const before = await contacts();
    const { status, body } = await post("/demo/rename", { contactId: maya, name }, asFirst);
    const message = expect.stringMatching(/^The database refuses this name\. A name has at least two letters/);
    expect({ status, ...body }).toEqual({ status: 422, error: { code: "NAME_REFUSED", message } });
    expect(await contacts()).toBe(before);
  },
);

test.each([
  ["no contact", { name: "Ada" }],
  ["no uuid", { contactId: "1", name: "Ada" }],
  ["a name too long", { contactId: maya, name: "n".repeat(201) }],
  ["a name with a NUL", { contactId: maya, name: "A\u0000da" }],
  ["no object", "Ada"],
])("a request to rename with %s is refused", async (_, body) => {
  expect(await post("/demo/rename", body, asFirst)).toMatchObject({
    status: 400,
    body: { error: { code: "PAYLOAD_INVALID" } },
  });
});

test("a form of another site, an unknown contact and a long body rename nobody", async () => {
  const before = await contacts();
  const body = { contactId: maya, name: "Taken Over" };
  const plain = { ...asFirst, "content-type": "text/plain" };
  expect(await post("/demo/rename", body, plain)).toMatchObject({ status: 400 });
  expect(await post("/demo/rename", { ...body, contactId: firstOrg }, asFirst)).toMatchObject({ status: 404 });
  expect(await post("/demo/rename", { ...body, more: "m".repeat(20_000) }, asFirst)).toMatchObject({ status: 413 });
  expect(await contacts()).toBe(before);
});

test.each([
  ["another origin", { origin: "https://evil.example" }],
  ["another port of this machine", { origin: "http://127.0.0.1:1" }],
  ["no origin that is told", { origin: "null" }],
  ["a cross-site fetch", { "sec-fetch-site": "cross-site" }],
  ["a same-site fetch of another port", { "sec-fetch-site": "same-site" }],
])("the page's cookie is worth nothing from %s", async (_, headers: Record<string, string>) => {
  const cookie = await pageCookie();
  const before = await contacts();
  const refused = { status: 403, body: { error: { code: "CROSS_SITE" } } };
  const renaming = { contactId: maya, name: "Taken Over" };
  expect(await post("/demo/rename", renaming, { cookie, ...headers })).toMatchObject(refused);
  expect(await post("/demo/first-call", {}, { cookie, ...headers })).toMatchObject(refused);
  expect(await contacts()).toBe(before);
});

test("a name of somebody else's that points here gets no page and no calls", async () => {
  const port = new URL(served.origin).port;
  for (const host of [`evil.example:${port}`, "127.0.0.1.evil.example", `localhost.evil.example:${port}`]) {
    expect(await statusAs("/dashboard/calls", { host })).toBe(403);
    expect(await statusAs("/api/calls-dashboard", { ...asFirst, host })).toBe(403);
  }
  expect(await statusAs("/dashboard/calls", { host: `localhost:${port}` })).toBe(200);
  expect(await statusAs("/api/webhooks/vapi", { host: "tunnel.example" })).toBe(405);
});

test("the page allows nothing but its own files, and no address leads out of their folder", async () => {
  const page = await fetch(served.server.page);
  expect(page.headers.get("content-security-policy")).toMatch(
    /^default-src 'none'; script-src 'self'; style-src 'self'/,
  );
  const html = await page.text();
  expect(html).not.toMatch(/\son[a-z]+=|<style|https?:/);
  for (const [, address] of html.matchAll(/(?:src|href)="(\/[^"]+)"/g)) {
    expect((await fetch(served.origin + address)).status).toBe(200);
  }
  for (const name of ["tsconfig.json", "..%2fpackage.json", "constructor", "calls.html"]) {
    expect((await fetch(`${served.origin}/dashboard/${name}`)).status).toBe(404);
  }
  const start = await fetch(served.origin, { redirect: "manual" });
  expect(start.headers.get("location")).toBe("/dashboard/calls");
});

test("a port in use is told in front of the work, with another way", async () => {
  const port = Number(new URL(served.origin).port);
  const told = { code: "CONFIGURATION", message: `port ${port} of 127.0.0.1 is in use` };
  await expect(checkPort(port)).rejects.toMatchObject(told);
  const { sql } = served.database;
  const who = { tokens: new Map(), pageOrgId: firstOrg, webhookSecret, logger: console };
  await expect(startServer({ sql, port, ...who })).rejects.toMatchObject(told);
  await expect(checkPort(0)).resolves.toBeUndefined();
});

test("a failure of the database is answered without its words", async () => {
  const { sql } = served.database;
  await sql`alter view public.calls_with_caller_names rename to set_aside`;
  try {
    const response = await fetch(`${served.origin}/api/calls-dashboard?page=1`, { headers: asFirst });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("calls_with_caller_names");
    expect(served.logged.at(-1)).not.toContain("calls_with_caller_names");
  } finally {
    await sql`alter view public.set_aside rename to calls_with_caller_names`;
  }
});
