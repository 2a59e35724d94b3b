import { SsotError } from "../../model/errors.ts";
import type { Authenticator } from "../authenticate.ts";
import type { ParseEvent, ProviderCall, ProviderEvent } from "../provider-event.ts";
import { type TwilioSignatureOptions, twilioSignature } from "./twilio-signature.ts";

/** Of Twilio's voice webhooks: `createCallWebhook({ sql, resolveOrganization, ...twilio({ authToken }) })`. */
export function twilio(options: TwilioSignatureOptions): {
  readonly verify: Authenticator;
  readonly parse: ParseEvent;
} {
  return { verify: twilioSignature(options), parse: parseTwilio };
}

/**
 * A form of Twilio's: a status callback, whose type is the status; `recording`; `transcription`; or the request for instructions, `voice`,
 * which wants TwiML and goes to `otherwise`. Throws PAYLOAD_INVALID.
 */
export function parseTwilio(body: Uint8Array): ProviderEvent {
  const fields = new URLSearchParams(new TextDecoder().decode(body));
  const text = (name: string): string | null => (fields.get(name) ?? "").trim() || null;
  const callId = text("CallSid");
  if (callId === null) throw new SsotError("PAYLOAD_INVALID", "CallSid: text expected");
  const status = text("CallStatus");
  const isOutbound = text("Direction")?.startsWith("outbound") === true;
  const [from, to] = [text("From"), text("To")];
  const transcript = text("TranscriptionText");
  const kind = transcript !== null ? "transcription" : text("RecordingStatus") !== null ? "recording" : "status";
  // Only a callback says when it is, or where it comes from.
  const isCallback = ["Timestamp", "CallbackSource", "SequenceNumber", "CallDuration"].some((name) => fields.has(name));
  const wantsAnswer = kind === "status" && !isCallback && (status === "ringing" || status === "in-progress");
  const call: ProviderCall = {
    providerCallId: callId,
    direction: isOutbound ? "outbound" : "inbound",
    number: isOutbound ? to : from,
    name: isOutbound ? null : text("CallerName"),
    details: {
      status,
      ...timesOf(kind === "status" ? status : null, text("Timestamp"), text("CallDuration")),
      carrierCallId: callId,
      calledNumber: to,
      recordingUrl: text("RecordingUrl"),
      transcript,
    },
  };
  return {
    type: wantsAnswer ? "voice" : kind === "status" ? (status ?? "status") : kind,
    call,
    wantsAnswer,
    isReport: kind === "transcription",
    accountId: text("AccountSid"),
    ownNumber: isOutbound ? from : to,
    payload: Object.fromEntries(fields),
  };
}

const ends: ReadonlySet<string> = new Set(["completed", "busy", "failed", "no-answer", "canceled"]);

// The time of the last status is the end, and the duration before it somebody answered.
function timesOf(status: string | null, timestamp: string | null, duration: string | null): ProviderCall["details"] {
  const at = timestamp === null ? Number.NaN : Date.parse(timestamp);
  if (Number.isNaN(at)) return { durationSeconds: duration };
  if (status === null || !ends.has(status)) return { occurredAt: at };
  const seconds = duration === null ? 0 : Number(duration);
  const startedAt = status === "completed" && seconds > 0 ? at - seconds * 1000 : null;
  return { endedAt: at, durationSeconds: duration, ...(startedAt === null ? {} : { startedAt }) };
}
