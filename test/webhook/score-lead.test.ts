import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ScoreLead, scoreLead } from "../../src/webhook/score-lead.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy } from "../verify/healthy-case.ts";
import { report } from "./messages.ts";
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
  const webhook = webhookOf(database.sql, { scoreLead: scorer as ScoreLead, scoreTimeoutMs: 100, logger });
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

test("the scorer is given organisation, transcript and sentiment, and is not asked about outbound or hidden callers", async () => {
  const asked: unknown[] = [];
  const scorer: ScoreLead = (lead) => {
    asked.push(lead);
    return { score: 50, tier: "warm" };
  };
  await scored(scorer);
  expect(asked).toEqual([{ orgId: firstOrg, transcript: expect.stringContaining("book"), sentiment: "positive" }]);
  await scored(scorer, { type: "outboundPhoneCall" });
  await scored(scorer, { number: "anonymous" });
  expect(asked).toHaveLength(1);
});
