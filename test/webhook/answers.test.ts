import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { organizationByVapiId } from "../../src/webhook/resolve-organisation.ts";
import type { VapiWebhookOptions } from "../../src/webhook/vapi-options.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy, secondOrg } from "../verify/healthy-case.ts";
import { report, statusUpdate } from "./messages.ts";
import { fingerprint, keepLog, post, storedCall, webhookOf } from "./webhook-case.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await makeHealthy();
  await database.sql`
    update public.organizations set telephony_country = 'GB', vapi_phone_number_id = 'phone-1', vapi_assistant_id = 'assistant-1'
    where id = ${firstOrg}`;
});
afterAll(() => database?.drop());

async function send(body: unknown, options: Partial<VapiWebhookOptions> = {}) {
  const logger = keepLog();
  const answer = await webhookOf(database.sql, { logger, ...options }).fetch(post(body));
  return {
    status: answer.status,
    headers: answer.headers,
    body: (await answer.json()) as Record<string, unknown>,
    log: logger.lines,
  };
}

test("a report is answered with the call and its contact, and logged with ids only", async () => {
  const id = randomUUID();
  const { status, body, log } = await send(report({ id, number: "+14155550150", name: "Ada Lovelace" }));
  expect(status).toBe(200);
  const [row] = await database.sql<{ call: string; contact: string }[]>`
    select id as call, contact_id as contact from public.calls where vapi_call_id = ${id}`;
  expect(body).toEqual({ callId: row?.call, contactId: row?.contact, contactCreated: true });
  expect(log).toEqual([
    `info Contact auto-created ${JSON.stringify({ orgId: firstOrg, callId: row?.call, contactId: row?.contact })}`,
  ]);
});

test("a report writes the course of the call from the message, not from the stale call in it", async () => {
  const id = randomUUID();
  await send(report({ id, number: "+14155550151" }));
  expect(await storedCall(database, id)).toMatchObject({
    call: {
      call_direction: "inbound",
      call_type: "inbound",
      status: "ended",
      start_time: "2026-09-10T10:00:05.212+00:00",
      end_time: "2026-09-10T10:02:01.902+00:00",
      duration_seconds: 117,
      recording_url: "https://storage.example/x-mono.wav",
      transcript: "AI: Hello.\nUser: I'd like to book an appointment.",
      outcome_summary: "Caller booked Tuesday.",
      sentiment_label: "positive",
      is_test_call: false,
    },
    contact: { lead_score: 85, lead_status: "hot" },
  });
});

test("a call from a browser that names nobody is a test call, inbound, without contact", async () => {
  const id = randomUUID();
  await send(report({ id, type: "webCall" }));
  expect(await storedCall(database, id)).toMatchObject({
    call: { is_test_call: true, call_direction: "inbound", phone_number: null },
    contact: null,
  });
});

const wrong: readonly (readonly [string, unknown, string])[] = [
  ["no JSON", "{", "the body: JSON expected"],
  ["an array", [], "the body: object expected"],
  ["nothing", "null", "the body: object expected"],
  ["no message", {}, "message: object expected"],
  ["no type", { message: {} }, "message.type: string expected"],
  ["a number as type", { message: { type: 7 } }, "message.type: string expected"],
  ["an object as call's id", report({ call: { id: {} } }), "message.call.id: string expected"],
  ["a call that is a list", report({ message: { call: [] } }), "message.call: object expected"],
  ["an id that is a book", report({ id: "i".repeat(9_000) }), "message.call.id: longer than 255 characters"],
];

test.each(wrong)("%s is answered with 400 and the field, and nothing is written", async (_, body, message) => {
  const before = await fingerprint(database, firstOrg);
  expect(await send(body)).toMatchObject({ status: 400, body: { error: { code: "PAYLOAD_INVALID", message } } });
  expect(await fingerprint(database, firstOrg)).toBe(before);
});

test("an unknown organisation is answered with 404, another's call with 409, another method with 405", async () => {
  const before = await fingerprint(database, firstOrg);
  expect(await send(report(), { resolveOrganization: () => null })).toMatchObject({
    status: 404,
    body: { error: { code: "UNKNOWN_ORGANISATION" } },
  });
  const id = randomUUID();
  expect(await send(report({ id }), { resolveOrganization: () => secondOrg })).toMatchObject({ status: 200 });
  expect(await send(report({ id }))).toMatchObject({
    status: 409,
    body: { error: { code: "CALL_OF_ANOTHER_ORGANISATION" } },
  });
  const got = await webhookOf(database.sql).fetch(new Request("http://localhost/"));
  expect([got.status, got.headers.get("allow")]).toEqual([405, "POST"]);
  expect(await fingerprint(database, firstOrg)).toBe(before);
});

test("the organisation is found by its phone number's id, then by its assistant's, and never where two have it", async () => {
  const resolveOrganization = organizationByVapiId(database.sql);
  const options = { resolveOrganization };
  const id = randomUUID();
  expect(await send(report({ id, number: "020 7946 0018", phoneNumberId: "phone-1" }), options)).toMatchObject({
    status: 200,
  });
  expect(await storedCall(database, id)).toMatchObject({ call: { org_id: firstOrg, phone_number: "+442079460018" } });
  expect(await send(report({ call: { assistantId: "assistant-1" } }), options)).toMatchObject({ status: 200 });
  expect(await send(report({ call: { assistantId: "nobody's" } }), options)).toMatchObject({ status: 404 });
  await database.sql`update public.organizations set vapi_phone_number_id = 'phone-2'`;
  expect(await send(report({ phoneNumberId: "phone-2" }), options)).toMatchObject({ status: 404 });
});

test("messages that want an answer reach the host, and are no false success without one", async () => {
  const body = { message: { type: "assistant-request", call: {} } };
  expect(await send(body)).toMatchObject({ status: 501, log: [expect.stringContaining("otherwise")] });
  const otherwise = (_: Request, payload: unknown): Response => Response.json({ echo: payload });
  expect(await send(body, { otherwise })).toMatchObject({ status: 200, body: { echo: body } });
});

test("every other message, and one without a call id, is answered with 200 and writes nothing", async () => {
  const before = await fingerprint(database, firstOrg);
  expect(await send({ message: { type: "speech-update" } })).toMatchObject({ status: 200, body: {}, log: [] });
  expect(await send({ message: { type: "some.day" } })).toMatchObject({ status: 200, body: {} });
  expect(await send(report({ id: null }))).toMatchObject({
    status: 200,
    body: {},
    log: [expect.stringContaining("warn")],
  });
  expect(await send({ message: { type: "status-update", call: null } })).toMatchObject({ status: 200, body: {} });
  expect(await fingerprint(database, firstOrg)).toBe(before);
});

test("names that are none become the number; odd ones are kept as they are", async () => {
  const long = "n".repeat(10_000);
  const names: readonly (readonly [string, string | null])[] = [
    ["x", null],
    [long, null],
    ["Unknown Caller", null],
    ["null", null],
    ["Null", "Null"],
    ["Anonymous", null],
    ["WIRELESS CALLER", null],
    ["\u200d\u3164\u00ad", null],
    ["(020) 7946-0018", null],
    ["\u0000\u0000", null],
    ["Zo\u0000e", "Zoe"],
    ["\u202eعمر\u202c", "\u202eعمر\u202c"],
    ["👩🏽‍🚀", "👩🏽‍🚀"],
    ['O\'Brien "Bob" <b>&', 'O\'Brien "Bob" <b>&'],
    ["李", "李"],
  ];
  for (const [n, [name, kept]] of names.entries()) {
    const [id, number] = [randomUUID(), `+1415555${String(2000 + n)}`];
    expect(await send(report({ id, number, name }))).toMatchObject({ status: 200 });
    expect(await storedCall(database, id)).toMatchObject({ contact: { name: kept ?? number } });
  }
});

test("a switch turns the making of contacts off: the call is kept, known callers are still linked", async () => {
  const [id, again] = [randomUUID(), randomUUID()];
  await send(report({ id, number: "+14155550160" }), { autoCreateContacts: false });
  expect(await storedCall(database, id)).toMatchObject({ call: { phone_number: "+14155550160" }, contact: null });
  await send(report({ number: "+14155550160" }));
  await send(report({ id: again, number: "+14155550160" }), { autoCreateContacts: false });
  expect(await storedCall(database, again)).toMatchObject({ contact: { phone: "+14155550160" } });
});

test("onEvent hears what was recorded, and what it throws is logged, not answered", async () => {
  const heard: unknown[] = [];
  const answer = await send(report({ number: "+14155550161" }), {
    onEvent: (event) => {
      heard.push(event);
      throw new Error("no");
    },
  });
  expect(answer.status).toBe(200);
  expect(heard).toEqual([expect.objectContaining(answer.body)]);
  await new Promise(setImmediate);
  expect(answer.log.at(-1)).toContain("onEvent failed");
});

test("nothing of a person is logged, whatever happens", async () => {
  const secret = { number: "+14155550162", name: "Very Private" };
  const lines = [
    ...(await send(report(secret))).log,
    ...(await send(statusUpdate("ended", secret), { resolveOrganization: () => "no uuid" })).log,
    ...(await send(report({ ...secret, id: null }))).log,
    ...(await send(report(secret), { scoreLead: () => Promise.reject(new Error("Very Private")) })).log,
  ].join("\n");
  expect(lines).not.toBe("");
  expect(lines).not.toMatch(/Private|0162|book|invented-token/);
});

test("a number that is a book is kept as far as a number can be", async () => {
  const id = randomUUID();
  expect(await send(report({ id, number: `+1${"4".repeat(100_000)}` }))).toMatchObject({ status: 200 });
  expect(await storedCall(database, id)).toMatchObject({
    call: { phone_number: `+1${"4".repeat(253)}` },
    contact: null,
  });
});
