import { randomUUID } from "node:crypto";
import { signRetell } from "./providers/retell-signature.ts";
import { signTwilio } from "./providers/twilio-signature.ts";

/** Signed events of one invented call, for the tests of whoever mounts a webhook. Published as `ssot/webhook/testing`. */

/** A request as the provider would send it. */
export interface SampleEvent {
  readonly type: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** A new request each time: a body is read once. */
  readonly request: () => Request;
}

export interface SampleOptions {
  /** What signs: Vapi's server secret, Retell's API key, Twilio's auth token. */
  readonly secret: string;
  /** `https://calls.example.com/webhook` by default. */
  readonly url?: string | undefined;
  /** The provider's id of the call; a new one by default. */
  readonly callId?: string | undefined;
  /** `+12025550111` and `+12025550100` by default. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** When the call began: two minutes ago by default. It lasts 90 seconds. */
  readonly startedAt?: Date | undefined;
}

const talked = 90_000;

/** A call at Vapi: in progress, ended, and the report. The header is `X-Vapi-Secret`. */
export function vapiEvents(options: SampleOptions): readonly SampleEvent[] {
  const { secret, url, callId, from, to, start, end } = complete(options);
  const about = {
    call: { id: callId, type: "inboundPhoneCall", createdAt: iso(start - 4000), customer: { number: from } },
    phoneNumber: { number: to },
    customer: { number: from },
  };
  const messages = [
    { type: "status-update", status: "in-progress", timestamp: start, ...about },
    { type: "status-update", status: "ended", endedReason: "customer-ended-call", timestamp: end, ...about },
    {
      type: "end-of-call-report",
      timestamp: end,
      startedAt: iso(start),
      endedAt: iso(end),
      endedReason: "customer-ended-call",
      cost: 0.12,
      artifact: { transcript: "AI: Hello.\nUser: I want to book an appointment.\n" },
      analysis: { summary: "The caller books.", structuredData: { sentiment: "positive" } },
      ...about,
    },
  ];
  return messages.map((message) =>
    sample(message.type, url, JSON.stringify({ message }), {
      "content-type": "application/json",
      "x-vapi-secret": secret,
    }),
  );
}

/** A call at Retell: started, ended, analyzed. Signed at this moment. */
export function retellEvents(options: SampleOptions): readonly SampleEvent[] {
  const { secret, url, callId, from, to, start, end } = complete(options);
  const begun = {
    call_id: callId,
    call_type: "phone_call",
    agent_id: "agent_oBeDLoLOeuAbiuaMFXRtDOLriTJ5tSxD",
    call_status: "ongoing",
    direction: "inbound",
    from_number: from,
    to_number: to,
    start_timestamp: start,
  };
  const ended = {
    ...begun,
    call_status: "ended",
    end_timestamp: end,
    duration_ms: talked,
    disconnection_reason: "user_hangup",
    transcript: "Agent: Hello.\nUser: I want to book an appointment.\n",
    transcript_object: [
      { role: "agent", content: "Hello." },
      { role: "user", content: "I want to book an appointment." },
    ],
    call_cost: { combined_cost: 12 },
  };
  const analysis = { call_summary: "The caller books.", user_sentiment: "Positive", call_successful: true };
  const events = [
    { event: "call_started", call: begun },
    { event: "call_ended", call: ended },
    { event: "call_analyzed", call: { ...ended, call_analysis: analysis } },
  ];
  return events.map((event) => {
    const body = JSON.stringify(event);
    const now = String(Date.now());
    const signature = `v=${now},d=${signRetell(secret, Buffer.from(body), now)}`;
    return sample(event.event, url, body, { "content-type": "application/json", "x-retell-signature": signature });
  });
}

/** A call at Twilio: the callbacks of its states, and that of its recording. */
export function twilioEvents(options: SampleOptions): readonly SampleEvent[] {
  const { secret, url, callId, from, to, start, end } = complete(options);
  const about = { AccountSid: "AC00000000000000000000000000000000", CallSid: callId };
  const state = (CallStatus: string, at: number, sequence: number) => ({
    ...about,
    ...{ From: from, To: to, Direction: "inbound", CallStatus, ApiVersion: "2010-04-01" },
    ...{ Timestamp: new Date(at).toUTCString(), CallbackSource: "call-progress-events", SequenceNumber: `${sequence}` },
  });
  const forms: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ["ringing", state("ringing", start - 4000, 0)],
    ["in-progress", state("in-progress", start, 1)],
    ["completed", { ...state("completed", end, 2), CallDuration: String(talked / 1000) }],
    [
      "recording",
      { ...about, RecordingSid: "RE0", RecordingStatus: "completed", RecordingUrl: "https://api.twilio.example/RE0" },
    ],
  ];
  return forms.map(([type, fields]) => {
    const body = new URLSearchParams(fields).toString();
    return sample(type, url, body, {
      "content-type": "application/x-www-form-urlencoded",
      "x-twilio-signature": signTwilio(secret, url, Buffer.from(body)),
    });
  });
}

// Whole seconds: not every provider tells more.
function complete(options: SampleOptions) {
  const { secret, url = "https://calls.example.com/webhook", callId = randomUUID() } = options;
  const { from = "+12025550111", to = "+12025550100", startedAt = new Date(Date.now() - 120_000) } = options;
  const start = Math.floor(startedAt.getTime() / 1000) * 1000;
  return { secret, url, callId, from, to, start, end: start + talked };
}

function sample(type: string, url: string, body: string, headers: SampleEvent["headers"]): SampleEvent {
  return { type, url, headers, body, request: () => new Request(url, { method: "POST", headers, body }) };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
