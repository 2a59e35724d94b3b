import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { scoreLead } from "../../src/webhook/score-lead.ts";
import type { TestDatabase } from "../support/database.ts";
import { firstOrg, makeHealthy, secondOrg } from "../verify/healthy-case.ts";
import { report, statusUpdate } from "./messages.ts";
import { storedCall, webhookOf } from "./webhook-case.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await makeHealthy();
});
afterAll(() => database?.drop());

// What one event leaves out, another may say; a transcript grows, and a recording comes late.
const leavesOut = fc.record({ type: fc.boolean(), number: fc.boolean(), name: fc.boolean() });
const event = fc.oneof(
  fc.record({
    status: fc.constantFrom("queued", "ringing", "in-progress", "forwarding", "ended", "not-found", "a new one"),
    without: leavesOut,
  }),
  fc.record({
    transcript: fc.constantFrom(undefined, "", "User: I", "User: I want", "User: I want to book.", "AI: Good day."),
    recordingUrl: fc.constantFrom(undefined, "https://storage.example/a.wav", "https://storage.example/b.wav"),
    sentiment: fc.constantFrom(undefined, "positive", "negative", "very happy"),
    endedAt: fc.constantFrom(undefined, "2026-09-10T10:02:01.902Z", "2026-09-10T10:02:03.000Z"),
    without: leavesOut,
  }),
);
const callOf = fc.record({
  type: fc.constantFrom("inboundPhoneCall", "outboundPhoneCall", "webCall"),
  name: fc.constantFrom("Ada Lovelace", "Unknown Caller", "x", "عمر خيام"),
  withheld: fc.boolean(),
});
const story = fc
  .record({ call: callOf, events: fc.array(event, { minLength: 1, maxLength: 5 }) })
  .chain(({ call, events }) => {
    // Every event at least once, in any order.
    const again = fc.array(fc.nat({ max: events.length - 1 }), { maxLength: 4 });
    const order = fc
      .tuple(fc.shuffledSubarray(events, { minLength: events.length }), again)
      .map(([shuffled, more]) => [...shuffled, ...more.flatMap((n) => events[n] ?? [])]);
    return fc.record({ call: fc.constant(call), events: fc.constant(events), order, atOnce: fc.boolean() });
  });

type Story = typeof story extends fc.Arbitrary<infer T> ? T : never;

let last = 0;

/** Sends events of one call to an organisation, and gives what the database then has of it. */
async function tell({ call }: Story, events: Story["events"], number: string, orgId: string, atOnce: boolean) {
  const id = randomUUID();
  const webhook = webhookOf(database.sql, { resolveOrganization: () => orgId });
  const send = async ({ without, ...said }: Story["events"][number]): Promise<void> => {
    const told = {
      id,
      // An event that does not say counts as inbound, and makes a contact: of an outbound call every event says.
      type: without.type && call.type === "inboundPhoneCall" ? null : call.type,
      number: without.number ? null : call.withheld ? "anonymous" : number,
      name: without.name ? null : call.name,
    };
    const { transcript, recordingUrl, sentiment, endedAt } = { ...noReport, ...said };
    const message =
      "status" in said
        ? statusUpdate(said.status, told)
        : report({
            ...told,
            message: { artifact: { transcript, recordingUrl }, endedAt, analysis: { structuredData: { sentiment } } },
          });
    await webhook.handle(message);
  };
  if (atOnce) await Promise.all(events.map(send));
  else for (const one of events) await send(one);
  const { call: row, contact } = (await storedCall(database, id)) ?? {};
  return {
    call: { ...row, vapi_call_id: "", org_id: "" },
    contact: contact && { ...contact, org_id: "" },
  };
}

const noReport = { transcript: undefined, recordingUrl: undefined, sentiment: undefined, endedAt: undefined };

const sentiments: readonly (undefined | "positive")[] = [undefined, "positive"];

test.each(sentiments)(
  "a report without words, its sentiment %s, scores as the richer one after it does",
  async (sentiment) => {
    last += 1;
    const without = { type: false, number: false, name: false };
    const poor: Story["events"][number] = { ...noReport, sentiment, without };
    const rich: Story["events"][number] = { ...noReport, transcript: "User: I want to book.", without };
    const call: Story["call"] = { type: "inboundPhoneCall", name: "Ada Lovelace", withheld: false };
    const story: Story = { call, events: [poor, rich], order: [], atOnce: false };
    const number = `+1202556${String(1000 + last).slice(-4)}`;
    const first = await tell(story, [rich, poor], number, firstOrg, false);
    expect(await tell(story, [poor, rich], number, secondOrg, false)).toEqual(first);
  },
);

// A report without a number says the sentiment that the row keeps; one with a number and a poorer one makes the contact.
const saysAll = { type: false, number: false, name: false };
const saysSentiment: Story["events"][number] = {
  ...noReport,
  sentiment: "positive",
  without: { ...saysAll, number: true },
};
const scoresFirst: Story["events"][number] = { ...noReport, sentiment: "negative", without: saysAll };
const saysWords: Story["events"][number] = { ...noReport, transcript: "User: I want to book.", without: saysAll };
const sentimentWithoutNumber: Story = {
  call: { type: "inboundPhoneCall", name: "Unknown Caller", withheld: false },
  events: [saysSentiment, saysWords, scoresFirst],
  order: [saysSentiment, scoresFirst, saysWords],
  atOnce: false,
};

test("a call's events give the same row and contact in any order, repeated, and all at once", async () => {
  const seed = Date.now() % 0x7fffffff;
  const property = fc.asyncProperty(story, async (told) => {
    last += 1;
    const number = `+1202555${String(1000 + last).slice(-4)}`;
    const inTurn = await tell(told, told.events, number, firstOrg, false);
    expect(inTurn.call).toMatchObject({ caller_name: null, from_number: null });
    // The score is one of the row.
    const { transcript, sentiment } = { transcript: "", sentiment: null, ...inTurn.call };
    const due = scoreLead({ orgId: firstOrg, transcript: transcript ?? "", sentiment });
    if ((inTurn.contact?.lead_score ?? null) !== null)
      expect(inTurn.contact).toMatchObject({ lead_score: due.score, lead_status: due.tier });
    const otherwise = await tell(told, told.order, number, secondOrg, told.atOnce);
    expect(otherwise).toEqual(inTurn);
  });
  await fc.assert(property, { numRuns: 150, seed, examples: [[sentimentWithoutNumber]] });
});
