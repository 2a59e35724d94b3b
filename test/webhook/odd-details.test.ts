import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { organizationByVapiId } from "../../src/webhook/resolve-organisation.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy } from "../verify/healthy-case.ts";
import { report } from "./messages.ts";
import { post, storedCall, webhookOf } from "./webhook-case.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await makeHealthy();
});
afterAll(() => database?.drop());

const text = "AI: Hello.\nUser: I'd like to book an appointment.";

/** What is odd about a report, the report, what the row then has, and which fields could not be read. */
const odd: readonly (readonly [string, Readonly<Record<string, unknown>>, object, readonly string[]])[] = [
  [
    "a recording that is an address",
    { artifact: { recording: "https://storage.example/r.wav" } },
    { recording_url: "https://storage.example/r.wav" },
    [],
  ],
  [
    "a recording that is a number",
    { artifact: { recording: 7, transcript: text } },
    { recording_url: null, transcript: text },
    ["message.artifact.recording"],
  ],
  ["a duration that is a text", { startedAt: null, durationSeconds: "116.69" }, { duration_seconds: 117 }, []],
  [
    "a duration that is a word",
    { startedAt: null, durationSeconds: "long" },
    { duration_seconds: null },
    ["message.durationSeconds"],
  ],
  [
    "an empty beginning",
    { startedAt: "" },
    { start_time: null, end_time: "2026-09-10T10:02:01.902+00:00", duration_seconds: 117 },
    [],
  ],
  ["a beginning in milliseconds", { startedAt: 1789034405212 }, { start_time: "2026-09-10T10:00:05.212+00:00" }, []],
  ["an end in seconds, as text", { endedAt: "1789034521" }, { end_time: "2026-09-10T10:02:01+00:00" }, []],
  [
    "a day that there is not",
    { startedAt: "2026-02-30T10:00:00Z" },
    { start_time: null, status: "ended" },
    ["message.startedAt"],
  ],
  ["an end that is no time", { endedAt: "soon" }, { end_time: null, duration_seconds: 117 }, ["message.endedAt"]],
  [
    "a transcript that is a list of turns",
    {
      artifact: {
        transcript: [
          { role: "system", message: "Be kind." },
          { role: "bot", message: "Hello." },
          { role: "user", content: "I'd like to book an appointment." },
        ],
      },
    },
    { transcript: text },
    [],
  ],
  ["a transcript that is a list of lines", { artifact: { transcript: text.split("\n") } }, { transcript: text }, []],
  [
    "a transcript that is a list of numbers",
    { artifact: { transcript: [1, 2] } },
    { transcript: null, status: "ended" },
    ["message.artifact.transcript"],
  ],
  [
    "a transcript that is an object",
    { artifact: { transcript: {} } },
    { transcript: null },
    ["message.artifact.transcript"],
  ],
  [
    "the flat shape of older reports",
    {
      artifact: null,
      analysis: null,
      transcript: text,
      summary: "Booked.",
      recordingUrl: "https://storage.example/o.wav",
    },
    { transcript: text, outcome_summary: "Booked.", recording_url: "https://storage.example/o.wav" },
    [],
  ],
  [
    "an artifact and an analysis that are texts",
    { artifact: "none", analysis: "none" },
    { transcript: null, outcome_summary: null, status: "ended" },
    ["message.artifact", "message.analysis"],
  ],
  [
    "a summary that is an object",
    { analysis: { summary: { text: "Booked." }, structuredData: { sentiment: "positive" } } },
    { outcome_summary: null, sentiment_label: "positive" },
    ["message.analysis.summary"],
  ],
  [
    "a name that is an object",
    { customer: { number: "+14155550199", name: { first: "Ada" } } },
    { status: "ended" },
    ["message.customer.name"],
  ],
  ["a customer that is a text", { customer: "+14155550199" }, { status: "ended" }, ["message.customer"]],
  ["a cost that is a text", { cost: "0.19" }, { status: "ended" }, []],
];

test.each(odd)("%s is read where it can be, and the call is kept", async (_, message, row, unread) => {
  const id = randomUUID();
  const number = `+1415556${String(1000 + odd.findIndex(([, one]) => one === message))}`;
  const handled = await webhookOf(database.sql).handle(report({ id, number, message }));
  expect(handled).toMatchObject({ handled: true, contactCreated: true, refused: unread });
  expect(await storedCall(database, id)).toMatchObject({ call: row, contact: { phone: number } });
});

test("a number that is sent as a number is the same caller", async () => {
  const [one, two] = [randomUUID(), randomUUID()];
  const webhook = webhookOf(database.sql);
  const first = await webhook.handle(report({ id: one, number: "+14155557001" }));
  const second = await webhook.handle(
    report({ id: two, number: null, message: { customer: { number: 14155557001 } } }),
  );
  expect(second).toMatchObject({
    contactId: "contactId" in first ? first.contactId : "",
    contactCreated: false,
    refused: [],
  });
});

test("the ids of number and assistant are read from the message where the call has none", async () => {
  await database.sql`
    update public.organizations set vapi_phone_number_id = 'their-number', vapi_assistant_id = 'their-assistant' where id = ${firstOrg}`;
  const webhook = webhookOf(database.sql, { resolveOrganization: organizationByVapiId(database.sql) });
  for (const message of [{ phoneNumber: { id: "their-number" } }, { assistant: { id: "their-assistant" } }]) {
    const id = randomUUID();
    const body = report({ id, call: { phoneNumberId: null }, message: { phoneNumber: null, ...message } });
    expect((await webhook.fetch(post(body))).status).toBe(200);
    expect(await storedCall(database, id)).toMatchObject({ call: { org_id: firstOrg } });
  }
  // What the call says counts before what stands beside it.
  const other = report({ call: { phoneNumberId: "nobody's" }, message: { phoneNumber: { id: "their-number" } } });
  expect((await webhook.fetch(post(other))).status).toBe(404);
});
