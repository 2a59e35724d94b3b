import type { Vapi } from "@vapi-ai/server-sdk";
import { afterAll, beforeAll, expect, expectTypeOf, test } from "vitest";
import { callStates } from "../../src/webhook/call-event.ts";
import {
  type BearerOptions,
  createVapiWebhook,
  type HmacOptions,
  type VapiMessage,
  type VapiWebhookOptions,
} from "../../src/webhook/public.ts";
import { readCall } from "../../src/webhook/read-call.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy } from "../verify/healthy-case.ts";
import { type MessageType, sdkMessages } from "./sdk-messages.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await makeHealthy();
});
afterAll(() => database?.drop());

const recorded: readonly MessageType[] = ["status-update", "end-of-call-report"];
const answeredByTheHost: readonly MessageType[] = [
  "assistant-request",
  "tool-calls",
  "transfer-destination-request",
  "handoff-destination-request",
  "knowledge-base-request",
  "call.endpointing.request",
  "campaign.predial",
  "voice-request",
];
const messages = Object.values(sdkMessages);
const others = messages.filter(({ type }) => ![...recorded, ...answeredByTheHost].includes(type));

const silent = { info: () => {}, warn: () => {}, error: () => {} };

async function answerTo(message: { readonly type: string }, options: Partial<VapiWebhookOptions> = {}) {
  const webhook = createVapiWebhook({
    sql: database.sql,
    resolveOrganization: () => firstOrg,
    authenticate: "none",
    logger: silent,
    ...options,
  });
  const body = JSON.stringify({ message });
  const answer = await webhook.fetch(new Request("https://host.example/vapi", { method: "POST", body }));
  return { status: answer.status, body: JSON.parse(await answer.text()) };
}

async function everything() {
  const rows = await database.sql`
    select to_jsonb(c) as row from public.calls as c union all select to_jsonb(k) from public.contacts as k order by 1`;
  return [...rows];
}

test("the SDK's messages about a call are ours, and so are its plans of authentication", () => {
  expectTypeOf<Vapi.ServerMessageEndOfCallReport>().toExtend<VapiMessage>();
  expectTypeOf<Vapi.ServerMessageStatusUpdate>().toExtend<VapiMessage>();
  expectTypeOf<Vapi.HmacAuthenticationPlan>().toExtend<HmacOptions>();
  expectTypeOf<keyof Vapi.HmacAuthenticationPlan>().toEqualTypeOf<Exclude<keyof HmacOptions, "toleranceSeconds">>();
  expectTypeOf<Vapi.BearerAuthenticationPlan>().toExtend<BearerOptions>();
  expectTypeOf<keyof Vapi.BearerAuthenticationPlan>().toEqualTypeOf<"token" | keyof BearerOptions>();
});

test("every state of a call that the SDK knows is one of ours, but the two of calls that are gone", () => {
  expectTypeOf<(typeof callStates)[number]>().toExtend<Vapi.CallStatus>();
  const states: Readonly<Record<Vapi.ServerMessageStatusUpdateStatus | Vapi.CallStatus, string | null>> = {
    scheduled: "scheduled",
    queued: "queued",
    ringing: "ringing",
    "in-progress": "in-progress",
    forwarding: "forwarding",
    ended: "ended",
    "not-found": null,
    "deletion-failed": null,
  };
  for (const [status, kept] of Object.entries(states)) {
    const told = readCall({ type: "status-update", status, call: { id: "call" } }, null);
    expect([status, told?.details?.status]).toEqual([status, kept]);
  }
  expect(Object.values(states).filter((state) => state !== null)).toEqual([...callStates]);
});

test("every type of call that the SDK knows has a direction, and those without a phone are tests", () => {
  const types: Readonly<Record<Vapi.CallType, readonly [string, boolean]>> = {
    inboundPhoneCall: ["inbound", false],
    outboundPhoneCall: ["outbound", false],
    webCall: ["inbound", true],
    "vapi.websocketCall": ["inbound", true],
  };
  for (const [type, expected] of Object.entries(types)) {
    const told = readCall({ type: "end-of-call-report", call: { id: "call", type } }, null);
    expect([type, told?.direction, told?.details?.isTest]).toEqual([type, ...expected]);
  }
});

test("the two messages about a call write one call and one contact", async () => {
  for (const [n, type] of recorded.entries()) {
    const { status, body } = await answerTo(sdkMessages[type]);
    expect({ type, status, body }).toMatchObject({ type, status: 200, body: { contactCreated: n === 0 } });
    const [row] = await database.sql`
      select c.vapi_call_id, c.status, k.name, k.phone, k.lead_status
      from public.calls as c join public.contacts as k on k.id = c.contact_id and k.id = ${body.contactId}
      where c.id = ${body.callId}`;
    expect(row).toEqual({
      vapi_call_id: "0199a7c2-5b1e-7dd0-9f4a-3c1e8a7b6d20",
      status: n === 0 ? "in-progress" : "ended",
      name: "Grace Hopper",
      phone: "+12025550180",
      lead_status: n === 0 ? null : "hot",
    });
  }
});

test.each(answeredByTheHost)("%s gets 501, and with otherwise the host's own answer", async (type) => {
  const before = await everything();
  expect(await answerTo(sdkMessages[type])).toMatchObject({
    status: 501,
    body: { error: { code: "NOT_IMPLEMENTED" } },
  });
  const answer = await answerTo(sdkMessages[type], {
    otherwise: (request, payload) => Response.json({ from: request.url, payload }, { status: 201 }),
  });
  const message = JSON.parse(JSON.stringify(sdkMessages[type]));
  expect(answer).toEqual({ status: 201, body: { from: "https://host.example/vapi", payload: { message } } });
  expect(await everything()).toEqual(before);
});

test.each([...others, { ...sdkMessages.hang, type: "something.new" }])(
  "$type is answered with 200 and nothing, and writes nothing",
  async (message) => {
    const before = await everything();
    const refused = () => new Response(null, { status: 500 });
    expect(await answerTo(message, { otherwise: refused })).toEqual({ status: 200, body: {} });
    expect(await everything()).toEqual(before);
  },
);
