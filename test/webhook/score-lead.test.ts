import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ScoreLead, scoreLead } from "../../src/webhook/score-lead.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy } from "../verify/healthy-case.ts";
import { report, statusUpdate } from "./messages.ts";
import { keepLog, storedCall, webhookOf } from "./webhook-case.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await makeHealthy();
});
afterAll(() => database?.drop());

test.each([
  ["", null, 40, "warm"],
  ["User: I'd like to book an appointment today", "positive", 95, "hot"],
  ["User: book book book", null, 65, "warm"],
  ["User: wrong number", "negative", 0, "cold"],
  ["AI: Shall I book an appointment?\nUser: No.", "neutral", 40, "warm"],
  ["how much is a booking for tomorrow, urgent", null, 65, "warm"],
] as const)("the default scorer gives %j with sentiment %s the score %i, %s", (transcript, sentiment, score, tier) => {
  expect(scoreLead({ orgId: firstOrg, transcript, sentiment })).toEqual({ score, tier });
});

let last = 0;
async function scored(scorer: unknown, changes: Parameters<typeof report>[0] = {}) {
  last += 1;
  const [id, logger] = [randomUUID(), keepLog()];
  const webhook = webhookOf(database.sql, {
    ...(scorer === undefined ? {} : { scoreLead: scorer as ScoreLead }),
    scoreTimeoutMs: 100,
    logger,
  });
  await webhook.handle(report({ id, number: `+1415555${String(3000 + last)}`, ...changes }));
  const contact: Readonly<Record<string, unknown>> | null = (await storedCall(database, id))?.contact;
  return { contact, warnings: logger.lines.filter((line) => line.startsWith("warn")) };
}

test.each([
  [
    "throws",
    () => {
      throw new Error("down");
    },
  ],
  ["rejects", () => Promise.reject(new Error("down"))],
  ["hangs", () => new Promise(() => {})],
  ["gives no number", () => ({ score: Number.NaN, tier: "hot" })],
  ["gives nothing", () => undefined],
])("a scorer that %s costs the score, never the call", async (_, scorer) => {
  const { contact, warnings } = await scored(scorer);
  expect(contact).toMatchObject({ source: "inbound-call-auto", lead_score: null, lead_status: null });
  expect(warnings).toHaveLength(1);
});

test.each([
  [{ score: 150, tier: "hot" }, 100, "hot", 1],
  [{ score: -3, tier: "cold" }, 0, "cold", 1],
  [{ score: 55.4, tier: "boiling" }, 55, "warm", 1],
  [{ score: 20, tier: "hot" }, 20, "hot", 0],
])("the score %j is kept as %i and %s, and a change is logged", async (told, score, tier, logged) => {
  const { contact, warnings } = await scored(() => told);
  expect(contact).toMatchObject({ lead_score: score, lead_status: tier });
  expect(warnings).toHaveLength(logged);
});

test.each([
  ["AI: I can book an appointment today.\nUser: No.", 40],
  ["Riley: I can book an appointment today.\nDana: How much is it?", 55],
  ["[00:01] Agent: Shall I book today?\n[00:04] Caller: wrong number", 0],
  ["**Assistant:** Book an appointment?\nwith us today\n**Customer:** Maybe later.", 25],
  ["I can book an appointment today.\nHow much is it?", 55],
])("the assistant's words never count, whatever the transcript calls the speakers: %j", async (transcript, score) => {
  const messages = [
    { role: "system", message: "Book appointments." },
    { role: "bot", message: "I can book an appointment today." },
    { role: "user", message: "How much is it?" },
  ];
  const { contact } = await scored(undefined, { message: { analysis: {}, artifact: { transcript, messages } } });
  expect(contact).toMatchObject({ lead_score: score });
});

test("names that nobody knows count for nobody", () => {
  const transcript = "Riley: I can book an appointment today.\nDana: How much is it?";
  expect(scoreLead({ orgId: firstOrg, transcript, sentiment: "positive" })).toEqual({ score: 60, tier: "warm" });
});

test("the document's weights go by the sentiment alone", async () => {
  for (const [sentiment, score, tier] of [
    ["positive", 80, "hot"],
    ["neutral", 50, "warm"],
    ["negative", 20, "cold"],
    [null, 50, "warm"],
  ] as const) {
    last += 1;
    const id = randomUUID();
    const webhook = webhookOf(database.sql, { leadScore: "document" });
    await webhook.handle(
      report({ id, number: `+1415555${3000 + last}`, message: { analysis: { structuredData: { sentiment } } } }),
    );
    expect(await storedCall(database, id)).toMatchObject({ contact: { lead_score: score, lead_status: tier } });
  }
});

test("a score or tier that somebody set stays, whatever is reported", async () => {
  const number = "+14155553900";
  const send = (transcript: string) =>
    webhookOf(database.sql).handle(
      report({ id: "a-lead", number, message: { analysis: {}, artifact: { transcript } } }),
    );
  await webhookOf(database.sql).handle(statusUpdate("in-progress", { id: "a-lead", number }));
  await database.sql`update public.contacts set lead_status = 'cold' where phone = ${number}`;
  await send("User: I'd like to book");
  expect(await storedCall(database, "a-lead")).toMatchObject({ contact: { lead_score: 65, lead_status: "cold" } });
  await send("User: I'd like to book an appointment, how much is it?");
  expect(await storedCall(database, "a-lead")).toMatchObject({ contact: { lead_score: 65, lead_status: "cold" } });
  await database.sql`update public.contacts set lead_score = 7 where phone = ${number}`;
  await send("User: I'd like to book an appointment, how much is it today? Please.");
  expect(await storedCall(database, "a-lead")).toMatchObject({ contact: { lead_score: 7, lead_status: "cold" } });
});

test.each([[[0, 1, 2]], [[2, 1, 0]], [[1, 2, 0, 1, 0, 2]]])(
  "the richer report scores, in the order %j",
  async (order) => {
    last += 1;
    const [id, number] = [randomUUID(), `+1415555${3000 + last}`];
    const said = ["User: Hi.", "User: Hi. I'd like to book.", "User: Hi. I'd like to book. How much is it?"];
    for (const n of order) {
      const artifact = { transcript: said[n] };
      await webhookOf(database.sql).handle(report({ id, number, message: { analysis: {}, artifact } }));
    }
    expect(await storedCall(database, id)).toMatchObject({ contact: { lead_score: 80, lead_status: "hot" } });
  },
);

test("the scorer is given organisation, transcript and sentiment, and is not asked about outbound or hidden callers", async () => {
  const asked: unknown[] = [];
  const scorer: ScoreLead = (lead) => {
    asked.push(lead);
    return { score: 50, tier: "warm" };
  };
  await scored(scorer);
  expect(asked).toEqual([
    {
      orgId: firstOrg,
      transcript: expect.stringContaining("book"),
      sentiment: "positive",
      callerSaid: "I'd like to book an appointment.",
    },
  ]);
  await scored(scorer, { type: "outboundPhoneCall" });
  await scored(scorer, { number: "anonymous" });
  expect(asked).toHaveLength(1);
});
