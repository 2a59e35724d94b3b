import { randomUUID } from "node:crypto";

/** What a test says of a call; the rest is as in a real delivery. Null leaves the field out. */
export interface Told {
  readonly id?: string | null;
  readonly type?: string | null;
  readonly number?: string | null;
  readonly name?: string | null;
  readonly phoneNumberId?: string;
  readonly call?: Readonly<Record<string, unknown>>;
  readonly message?: Readonly<Record<string, unknown>>;
}

/** The end of a call, as Vapi sends it. */
export function report(told: Told = {}): { readonly message: Readonly<Record<string, unknown>> } {
  return {
    message: {
      type: "end-of-call-report",
      timestamp: 1789034530000,
      endedReason: "customer-ended-call",
      startedAt: "2026-09-10T10:00:05.212Z",
      endedAt: "2026-09-10T10:02:01.902Z",
      durationSeconds: 116.69,
      cost: 0.1931,
      analysis: { summary: "Caller booked Tuesday.", structuredData: { sentiment: "positive" } },
      artifact: {
        transcript: "AI: Hello.\nUser: I'd like to book an appointment.\n",
        messages: [{ role: "bot", message: "Hello.", time: 1789034406000 }],
        recordingUrl: "https://storage.example/x-mono.wav",
      },
      ...identity(told),
      ...told.message,
    },
  };
}

/** A change of a call's state, as Vapi sends it. */
export function statusUpdate(status: string, told: Told = {}): { readonly message: Readonly<Record<string, unknown>> } {
  return { message: { type: "status-update", status, timestamp: 1789034405212, ...identity(told), ...told.message } };
}

function identity({ id = randomUUID(), type = "inboundPhoneCall", number, name, phoneNumberId, call }: Told) {
  const customer = {
    ...(number === undefined || number === null ? {} : { number }),
    ...(name === undefined || name === null ? {} : { name }),
  };
  return {
    call: {
      ...(id === null ? {} : { id }),
      ...(type === null ? {} : { type }),
      orgId: "6b1f0c9e-2d34-4f7a-8c55-91d0a2b3c4d5",
      createdAt: "2026-09-10T10:00:01.104Z",
      status: "ringing",
      phoneNumberId: phoneNumberId ?? "3f8e1b52-7a61-4c0d-9b1e-5d2f4a6c8e90",
      customer,
      ...call,
    },
    phoneNumber: { provider: "twilio", number: "+442079460018", twilioAuthToken: "invented-token" },
    customer,
  };
}
