import type { CallInput } from "../../src/webhook/public.ts";

/** What a call's events say, as somebody passes a provider's fields on; and the row that they make. */
export interface Story {
  readonly events: readonly Omit<CallInput, "orgId" | "providerCallId">[];
  readonly row: Readonly<Record<string, unknown>>;
}

const began = "2026-09-10T10:00:05+00:00";
const over = "2026-09-10T10:02:01+00:00";
const startMs = Date.parse(began);
const endMs = Date.parse(over);

/** Each provider's words for a call that was answered and talked for 116 seconds. */
export const stories: Readonly<Record<string, (number: string) => Story>> = {
  retell: (number) => ({
    events: [
      { number, direction: "inbound", details: { status: "registered", occurredAt: startMs - 4000 } },
      { number, direction: "inbound", details: { status: "ongoing", startedAt: startMs } },
      { number, details: { status: "ended", startedAt: startMs, endedAt: endMs, endedReason: "user_hangup" } },
      {
        number,
        details: { status: "call_analyzed", transcript: "User: I want to book.", sentiment: "Positive", cost: 0.12 },
      },
    ],
    row: { ended_reason: "user_hangup", transcript: "User: I want to book.", sentiment: "positive", cost: 0.12 },
  }),
  twilio: (number) => ({
    events: [
      { number, direction: "inbound", details: { status: "ringing", occurredAt: startMs - 4000 } },
      {
        number,
        direction: "inbound",
        details: { status: "in-progress", occurredAt: "Thu, 10 Sep 2026 10:00:05 +0000" },
      },
      {
        number,
        direction: "inbound",
        details: { status: "completed", endedAt: "Thu, 10 Sep 2026 10:02:01 +0000", durationSeconds: "116" },
      },
      { details: { recordingUrl: "https://recordings.example/RE1" } },
    ],
    row: { recording_url: "https://recordings.example/RE1" },
  }),
  bland: (number) => ({
    events: [
      { number, details: { status: "queued", createdAt: startMs - 4000 } },
      { number, details: { status: "started", startedAt: startMs / 1000 } },
      {
        number,
        details: {
          status: "complete",
          startedAt: startMs,
          endedAt: endMs,
          summary: "They booked.",
          transcript: " user: hello ",
        },
      },
    ],
    row: { outcome_summary: "They booked.", transcript: "user: hello" },
  }),
  telnyx: (number) => ({
    events: [
      { number, direction: "incoming", details: { status: "parked", occurredAt: "2026-09-10T10:00:01.000Z" } },
      { number, direction: "incoming", details: { status: "call.answered", occurredAt: began } },
      { number, direction: "incoming", details: { status: "bridged" } },
      {
        number,
        direction: "incoming",
        details: { status: "call.hangup", startedAt: began, endedAt: over, endedReason: "normal_clearing" },
      },
    ],
    row: { ended_reason: "normal_clearing" },
  }),
  elevenlabs: (number) => ({
    events: [
      { number, details: { status: "initiated", occurredAt: startMs / 1000 - 4 } },
      { number, details: { status: "in-progress", startedAt: startMs / 1000 } },
      { number, details: { status: "processing", endedAt: endMs / 1000 } },
      {
        number,
        details: { status: "done", startedAt: startMs / 1000, durationSeconds: 116, transcript: "agent: Hello" },
      },
    ],
    row: { transcript: "agent: Hello" },
  }),
};

/** What the row of every one of them has. */
export const common = {
  status: "ended",
  start_time: began,
  end_time: over,
  duration_seconds: 116,
  call_direction: "inbound",
};
