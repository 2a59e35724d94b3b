import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../src/model/package-root.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy } from "../verify/healthy-case.ts";
import { sdkMessages } from "../webhook/sdk-messages.ts";
import { type Mounted, mount } from "./mount.ts";
import { type Snippets, writeSnippets } from "./snippets.ts";

const secret = "the secret of the server";
const role = `ssot_webhook_${randomBytes(6).toString("hex")}`;
const phoneNumberId = "3f8e1b52-7a61-4c0d-9b1e-5d2f4a6c8e90";

let database: TestDatabase;
let snippets: Snippets;
let environment: Readonly<Record<string, string>>;

beforeAll(async () => {
  snippets = writeSnippets();
  database = await makeHealthy();
  await database.sql`update public.organizations set vapi_phone_number_id = ${phoneNumberId} where id = ${firstOrg}`;
  // The role and its rights are those of the guide.
  const page = readFileSync(join(packageRoot(), "docs", "library.md"), "utf8");
  const grants = /```sql\n([^`]*)```/.exec(page)?.[1] ?? "";
  await database.sql.unsafe(
    `create role ${role} login bypassrls password 'least'; ${grants.replaceAll("webhook", role)}`,
  );
  const url = new URL(database.url);
  Object.assign(url, { username: role, password: "least" });
  environment = {
    DATABASE_URL: url.href,
    SUPABASE_DB_URL: url.href,
    VAPI_SECRET: secret,
    VAPI_HMAC_KEY: secret,
    DASHBOARD_TOKEN: "the dashboard's token",
    DASHBOARD_ORG: firstOrg,
  };
});

afterAll(async () => {
  snippets?.remove();
  await database?.sql.unsafe(`drop owned by ${role}; drop role ${role}`);
  await database?.drop();
});

async function withMounted(name: string, work: (mounted: Mounted) => Promise<void>): Promise<string> {
  const mounted = await mount(snippets.folder, name, environment);
  const outcome = await work(mounted).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  const printed = await mounted.stop();
  if (outcome !== undefined) throw outcome.error;
  return printed;
}

let last = 100;
function report(padding = "") {
  last += 1;
  const number = `+12025550${last}`;
  const call = { ...sdkMessages["end-of-call-report"].call, id: randomUUID(), phoneNumberId, customer: { number } };
  const message = { ...sdkMessages["end-of-call-report"], call, customer: { number }, assistant: { prompt: padding } };
  return { id: call.id, number, body: JSON.stringify({ message }) };
}

async function stored(vapiCallId: string) {
  const rows = await database.sql`
    select c.status, c.outcome_summary, k.phone, k.lead_status, k.source
    from public.calls as c join public.contacts as k on k.id = c.contact_id where c.vapi_call_id = ${vapiCallId}`;
  return [...rows];
}

const mountings = [
  "express.ts",
  "fastify.ts",
  "hono.ts",
  "node-http.ts",
  "app/vapi/route.ts",
  "supabase/functions/vapi/index.ts",
];

test.each(mountings)("%s records a report, refuses strangers, and does not read a body without end", async (name) => {
  const json = { "content-type": "application/json" };
  const told = { ...json, "x-vapi-secret": secret };
  const first = report();
  const large = report("p".repeat(3 * 1024 * 1024));
  const stranger = report();
  const printed = await withMounted(name, async (mounted) => {
    const answer = await mounted.post(told, first.body);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ contactCreated: true });
    expect(await stored(first.id)).toEqual([
      {
        status: "ended",
        outcome_summary: "Caller booked Tuesday.",
        phone: first.number,
        lead_status: "hot",
        source: "inbound-call-auto",
      },
    ]);
    expect((await mounted.post(told, large.body)).status).toBe(200);
    expect(await stored(large.id)).toHaveLength(1);

    for (const headers of [json, { ...json, "x-vapi-secret": "" }, { ...json, "x-vapi-secret": "another" }]) {
      expect((await mounted.post(headers, stranger.body)).status).toBe(401);
    }
    expect(await stored(stranger.id)).toEqual([]);

    const { status, sent } = await mounted.postEndless(told, 256 * 1024 * 1024);
    expect(status).toBe(413);
    // What is in flight between the two processes is a few MiB.
    expect(sent).toBeLessThan(64 * 1024 * 1024);
    // And it still works.
    expect((await mounted.post(told, first.body)).status).toBe(200);
  });
  expect(printed).toContain("Contact auto-created");
  for (const { number } of [first, large, stranger]) expect(printed).not.toContain(number.slice(1));
});

test.each(["express.ts", "fastify.ts", "node-http.ts"])(
  "%s refuses a body that announces itself as too large before any of it is sent",
  async (name) => {
    await withMounted(name, async (mounted) => {
      const large = { "content-length": "6000000" };
      expect(await mounted.postEndless({ ...large, "x-vapi-secret": secret }, 0)).toMatchObject({
        status: 413,
        sent: 0,
      });
      expect(await mounted.postEndless(large, 0)).toMatchObject({ status: 401, sent: 0 });
    });
  },
);

test("signed.ts takes what is signed as Vapi signs it, once, and nothing else", async () => {
  await withMounted("signed.ts", async (mounted) => {
    const { id, body } = report();
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
    const signed = { "x-signature": signature, "x-timestamp": timestamp };
    expect((await mounted.post({}, body)).status).toBe(401);
    expect((await mounted.post(signed, `${body} `)).status).toBe(401);
    expect((await mounted.post({ ...signed, "x-timestamp": String(Number(timestamp) - 1) }, body)).status).toBe(401);
    expect(await stored(id)).toEqual([]);
    expect((await mounted.post(signed, body)).status).toBe(200);
    expect(await stored(id)).toHaveLength(1);
    expect((await mounted.post(signed, body)).status).toBe(401);
  });
});

test("dashboard.ts shows an organisation its calls by name, and strangers nothing", async () => {
  await database.sql.unsafe(`grant select on public.calls_with_caller_names to ${role}`);
  await withMounted("dashboard.ts", async ({ url }) => {
    const get = async (path: string, token?: string) => {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const answer = await fetch(`${url}/api/calls-dashboard${path}`, { headers });
      return { status: answer.status, body: JSON.parse(await answer.text()) };
    };
    expect((await get("")).status).toBe(401);
    expect((await get("", "another")).status).toBe(401);
    const found = await get("?search=okafor&direction=inbound&from=2026-01-01&limit=5", "the dashboard's token");
    expect(found).toMatchObject({ status: 200, body: { total: 1, page: 1, limit: 5 } });
    expect(Object.keys(found.body.calls[0]).sort()).toEqual(
      [
        ...[
          "id",
          "contact_id",
          "call_direction",
          "phone_number",
          "phone_number_formatted",
          "caller_name",
          "name_source",
          "created_at",
        ],
        ...["status", "duration_seconds"],
      ].sort(),
    );
    expect(found.body.calls[0]).toMatchObject({ caller_name: "Maya Okafor", name_source: "contact" });
    const recent = await get("/recent?limit=2", "the dashboard's token");
    expect(recent.body.calls).toHaveLength(2);
    expect((await get("?limit=1000", "the dashboard's token")).body.error.code).toBe("REQUEST_INVALID");
  });
});
