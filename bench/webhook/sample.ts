// One report at the end of a call, as a payload of the provider and as the library's event.
import type { CallEvent } from "../../src/webhook/call-event.ts";
import { readCall } from "../../src/webhook/read-call.ts";
import { scoreLead } from "../../src/webhook/score-lead.ts";

/** What differs from one event to the next. */
export interface SentCall {
  /** 10 to 29. */
  readonly org: number;
  readonly callId: string;
  readonly number: string;
  /** Stands in the transcript: another one is a change. */
  readonly version: number;
}

const turns = [
  ["AI", "Good morning, this is the front desk. How can I help you today?"],
  ["User", "Hello, I would like to book an appointment for a check-up, if you have anything available this week."],
  ["AI", "Of course. We have Tuesday at half past nine, or Thursday at two in the afternoon. Which one suits you?"],
  ["User", "Thursday would be better for me. How much does it cost, and do I have to bring anything along?"],
  ["AI", "The check-up is ninety dollars. Please bring your insurance card and the letter of your doctor."],
  ["User", "Good. Then I take Thursday. My number is the one that I am calling from."],
  ["AI", "Thank you. You are booked for Thursday at two. You will get a message that confirms it. Anything else?"],
  ["User", "No, that was all. Thank you, and goodbye."],
];
const prompt = "You are the assistant of a front desk. Be brief, be kind, ask one question at a time. ".repeat(40);
const dialogue = turns.map(([who, text]) => `${who}: ${text}`).join("\n");
const messages = [
  { role: "system", message: prompt, time: 1789034405212, secondsFromStart: 0 },
  ...turns.map(([who, message], n) => ({
    role: who === "AI" ? "bot" : "user",
    message,
    time: 1789034406000 + n * 14000,
    endTime: 1789034407000 + n * 14000,
    secondsFromStart: 0.8 + n * 14,
    duration: 1000,
  })),
];

/** Ids as texts, so that a pgbench script can have its variables in them. */
export const orgIdOf = (org: number | string): string => `00000000-0000-4000-8000-0000000000${org}`;
export const callIdOf = (phase: string, rest: string): string => `0199a7c2-5b1e-${phase}-${rest}`;
export const transcriptOf = (version: number | string): string => `${dialogue}\nAI: Goodbye. ${version}\n`;
export const recordingOf = (callId: string): string => `https://storage.example/${callId}-mono.wav`;

/** The report of a call, as the provider sends it. The assistant is the organisation. */
export function payloadOf({ org, callId, number, version }: SentCall) {
  const customer = { number, name: "Grace Hopper" };
  return {
    message: {
      type: "end-of-call-report",
      timestamp: 1789034530000,
      endedReason: "customer-ended-call",
      startedAt: "2026-09-10T10:00:05.212Z",
      endedAt: "2026-09-10T10:02:01.902Z",
      durationSeconds: 116.69,
      cost: 0.1931,
      costs: [{ type: "transport", provider: "twilio", minutes: 1.94, cost: 0.0165 }],
      analysis: {
        summary: "The caller booked a check-up for Thursday at two.",
        structuredData: { sentiment: "positive" as const, booked: true },
        successEvaluation: "true",
      },
      artifact: { transcript: transcriptOf(version), messages, recordingUrl: recordingOf(callId) },
      call: {
        id: callId,
        orgId: "6b1f0c9e-2d34-4f7a-8c55-91d0a2b3c4d5",
        createdAt: "2026-09-10T10:00:01.104Z",
        updatedAt: "2026-09-10T10:00:01.104Z",
        type: "inboundPhoneCall",
        status: "ringing",
        phoneNumberId: "3f8e1b52-7a61-4c0d-9b1e-5d2f4a6c8e90",
        assistantId: orgIdOf(org),
        customer,
      },
      phoneNumber: { provider: "twilio", number: "+12025550100" },
      customer,
    },
  };
}

export type Report = ReturnType<typeof payloadOf>;

/** The event of a payload, as the webhook's `handle` gives it to `recordCall`; country and score are always the same. */
export const sample: CallEvent = sampleEvent({
  org: 10,
  callId: callIdOf("0000", "10000000000000001"),
  number: "+12000000001",
  version: 100_000_000_000,
});

function sampleEvent(call: SentCall): CallEvent {
  const told = readCall(payloadOf(call).message, "contactId");
  if (told === null) throw new Error("the report is not taken for a call");
  const transcript = transcriptOf(call.version);
  const { score, tier } = scoreLead({ orgId: orgIdOf(call.org), transcript, sentiment: "positive" });
  return { ...told, orgId: orgIdOf(call.org), country: "US", createContact: true, leadScore: score, leadStatus: tier };
}

/** The same call as `handle` gives it to `recordCall`. */
export function eventOf({ org, callId, number, version }: SentCall): CallEvent {
  const transcript = transcriptOf(version).trim();
  const details = { ...sample.details, transcript, recordingUrl: recordingOf(callId) };
  return { ...sample, orgId: orgIdOf(org), providerCallId: callId, number, details };
}
