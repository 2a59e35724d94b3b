import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { VapiWebhookOptions } from "../../src/webhook/vapi-options.ts";
import type { TestDatabase } from "../support/database.ts";
import { report, statusUpdate } from "./messages.ts";
import { databaseAt, stages } from "./stages.ts";
import { webhookOf } from "./webhook-case.ts";

const more = `
  alter table public.calls add ended_reason text, add cost numeric(10, 4), add direction text, add hangup text, add spoken text;
  create type public.state as enum ('dialling', 'talking', 'completed');
  alter table public.calls add progress public.state, add price integer`;

const details = {
  call: { phoneCallProviderId: "CA-carrier-1" },
  message: { phoneNumber: { id: "p", number: "(202) 555-0100" } },
};
const began = 1789034405212;

/** A call's story, and the row that it makes in whatever order it is told. */
const told = (id: string, number: string) => [
  statusUpdate("queued", { id, number, ...details }),
  statusUpdate("in-progress", { id, number, ...details }),
  statusUpdate("in-progress", { id, number, ...details, message: { ...details.message, timestamp: began + 900 } }),
  statusUpdate("ended", {
    id,
    number,
    ...details,
    message: { ...details.message, endedReason: "customer-ended-call", timestamp: began + 116_000 },
  }),
  report({ id, number, ...details }),
];

const whole = {
  created_at: "2026-09-10T10:00:01.104+00:00",
  start_time: "2026-09-10T10:00:05.212+00:00",
  end_time: "2026-09-10T10:02:01.902+00:00",
  status: "ended",
  ended_reason: "customer-ended-call",
  cost: 0.1931,
  call_sid: "CA-carrier-1",
  to_number: "+12025550100",
  direction: "inbound",
  caller_name: null,
  from_number: null,
};

describe.each(stages)("%s", (stage) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await databaseAt(stage);
    await database.sql.unsafe(more);
  });
  afterAll(() => database?.drop());

  const rowOf = async (id: string) => {
    const [row] = await database.sql<{ row: Readonly<Record<string, unknown>> }[]>`
      select to_jsonb(c) as row from public.calls as c where c.vapi_call_id = ${id}`;
    return row?.row;
  };
  async function tell(messages: readonly unknown[], options: Partial<VapiWebhookOptions> = {}): Promise<void> {
    const webhook = webhookOf(database.sql, options);
    for (const message of messages) await webhook.handle(message);
  }
  const expected = stage === "after the drop" ? { ...whole, caller_name: undefined, from_number: undefined } : whole;

  test.each([
    ["in order", (events: readonly unknown[]) => events],
    ["backwards", (events: readonly unknown[]) => events.toReversed()],
    [
      "shuffled, three times over",
      (events: readonly unknown[]) => [4, 1, 0, 3, 2, 1, 4, 2, 0, 3, 3, 0, 4, 2, 1].map((n) => events[n]),
    ],
  ])("the row says when, why, how much and which number, %s", async (way, order) => {
    const id = randomUUID();
    await tell(order(told(id, `+1415557${way.length + 1000}`)));
    const row = await rowOf(id);
    expect({ caller_name: undefined, from_number: undefined, ...row }).toMatchObject(expected);
  });

  test("a call that says nothing of its time has the message's, one that lies ahead the present", async () => {
    const [id, ahead] = [randomUUID(), randomUUID()];
    const before = Date.now();
    await tell([
      statusUpdate("ringing", { id, call: { createdAt: null }, number: "+14155557900" }),
      statusUpdate("ringing", { id: ahead, call: { createdAt: "2150-01-01T00:00:00Z" }, number: "+14155557901" }),
    ]);
    expect(await rowOf(id)).toMatchObject({ created_at: "2026-09-10T10:00:05.212+00:00", start_time: null });
    const at = Date.parse(String((await rowOf(ahead))?.created_at));
    expect(at).toBeGreaterThanOrEqual(before - 60_000);
    expect(at).toBeLessThanOrEqual(Date.now() + 60_000);
  });

  test("an outbound call was made to the customer's number", async () => {
    const id = randomUUID();
    await tell([report({ id, type: "outboundPhoneCall", number: "+14155557902", ...details })]);
    expect(await rowOf(id)).toMatchObject({ to_number: "+14155557902", direction: "outbound" });
  });

  test("columns and states have the host's names, and what the host does not want is not written", async () => {
    const id = randomUUID();
    const options = {
      columns: { ended_reason: "hangup", transcript: "spoken", status: "progress", recording_url: null },
      states: { "in-progress": "talking", ended: "completed", queued: null },
    } as const;
    await tell(told(id, "+14155557903").toReversed(), options);
    await tell(told(id, "+14155557903"), options);
    expect(await rowOf(id)).toMatchObject({
      hangup: "customer-ended-call",
      ended_reason: null,
      spoken: "AI: Hello.\nUser: I'd like to book an appointment.",
      transcript: null,
      progress: "completed",
      status: null,
      recording_url: null,
    });
  });

  test("a row of the former words goes on with the new ones", async () => {
    const id = randomUUID();
    const [queued, answered, , , ended] = told(id, "+14155557904");
    await tell([queued, answered]);
    expect(await rowOf(id)).toMatchObject({ status: "in-progress" });
    await tell([queued], { states: { queued: "waiting" } });
    expect(await rowOf(id)).toMatchObject({ status: "in-progress" });
    await tell([ended, answered], { states: { ended: "completed" } });
    expect(await rowOf(id)).toMatchObject({ status: "completed" });
  });

  test("a column that is not there, or takes no such value, is named with each event", async () => {
    const [id, other] = [randomUUID(), randomUUID()];
    const webhook = webhookOf(database.sql, { columns: { transcript: "nowhere", cost: "price" } });
    const handled = await webhook.handle(report({ id, number: "+14155557905" }));
    expect(handled).toMatchObject({ refused: ["nowhere", "price"] });
    expect(await rowOf(id)).toMatchObject({ status: "ended", price: null });
    // A word that the type does not have costs no second try.
    const words = webhookOf(database.sql, { columns: { status: "progress" } });
    expect(await words.handle(report({ id: other, number: "+14155557906" }))).toMatchObject({ refused: ["progress"] });
    expect(await rowOf(other)).toMatchObject({ progress: null, duration_seconds: 117 });
  });
});

test.each([
  [{ a: { name: "Caller sentiment", result: "Negative" } }, "negative"],
  [
    { a: { name: "Summary", result: "positive" }, b: { name: "Analysis", result: { sentiment: "neutral" } } },
    "neutral",
  ],
  [{ a: { name: "Booking", result: { positive: true } } }, null],
])("the sentiment of structured outputs %j is %s", async (structuredOutputs, sentiment) => {
  const { readSentiment } = await import("../../src/webhook/read-call.ts");
  expect(readSentiment({ type: "end-of-call-report", artifact: { structuredOutputs } })).toBe(sentiment);
});
