import { SsotError } from "../../model/errors.ts";
import type { Authenticator } from "../authenticate.ts";
import { parseBody } from "../parse-body.ts";
import type { ParseEvent, ProviderCall, ProviderEvent } from "../provider-event.ts";
import { isObject } from "../read-fields.ts";
import { type RetellSignatureOptions, retellSignature } from "./retell-signature.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Of Retell AI's webhook for calls: `createCallWebhook({ sql, resolveOrganization, ...retell({ apiKey }) })`. */
export function retell(options: RetellSignatureOptions): {
  readonly verify: Authenticator;
  readonly parse: ParseEvent;
} {
  return { verify: retellSignature(options), parse: parseRetell };
}

/** A body of Retell's. `assistantId` is the agent's. Throws PAYLOAD_INVALID. */
export function parseRetell(body: Uint8Array): ProviderEvent {
  const payload = parseBody(body);
  if (!isObject(payload) || typeof payload.event !== "string") {
    throw new SsotError("PAYLOAD_INVALID", "event: string expected");
  }
  const type = payload.event;
  // Before a call is taken Retell asks which agent takes it, and with what.
  if (type === "call_inbound") {
    const inbound = partOf(payload.call_inbound);
    const [assistantId, ownNumber] = [textOf(inbound.agent_id), textOf(inbound.to_number)];
    return { type, wantsAnswer: true, assistantId, ownNumber, payload };
  }
  const call = partOf(payload.call);
  const isOutbound = call.direction === "outbound";
  const known = recordedTypes.has(type) && textOf(call.call_id) !== null;
  return {
    type,
    call: known ? callOf(type, call, isOutbound) : null,
    isReport: type === "call_ended" || type === "call_analyzed",
    assistantId: textOf(call.agent_id),
    ownNumber: textOf(isOutbound ? call.from_number : call.to_number),
    speakers: { turns: call.transcript_object },
    payload,
  };
}

const recordedTypes: ReadonlySet<string> = new Set([
  ...["call_started", "call_ended", "call_analyzed"],
  ...["transfer_started", "transfer_bridged", "transfer_cancelled", "transfer_ended"],
]);

function callOf(type: string, call: Fields, isOutbound: boolean): ProviderCall {
  const analysis = partOf(call.call_analysis);
  const isTransfer = type === "transfer_started" || type === "transfer_bridged";
  const milliseconds = numberOf(call.duration_ms);
  const cents = numberOf(partOf(call.call_cost).combined_cost);
  return {
    providerCallId: textOf(call.call_id) ?? undefined,
    direction: isOutbound ? "outbound" : "inbound",
    number: textOf(isOutbound ? call.to_number : call.from_number),
    details: {
      // From a browser: nobody's phone.
      isTest: call.call_type === "web_call",
      status: isTransfer ? type : (textOf(call.call_status) ?? type),
      startedAt: numberOf(call.start_timestamp),
      endedAt: numberOf(call.end_timestamp),
      durationSeconds: milliseconds === null ? null : milliseconds / 1000,
      endedReason: textOf(call.disconnection_reason),
      cost: cents === null ? null : cents / 100,
      carrierCallId: textOf(partOf(call.telephony_identifier).twilio_call_sid),
      calledNumber: textOf(call.to_number),
      recordingUrl: textOf(call.recording_url),
      transcript: textOf(call.transcript),
      summary: textOf(analysis.call_summary),
      sentiment: textOf(analysis.user_sentiment),
    },
  };
}

function partOf(value: unknown): Fields {
  return isObject(value) ? value : {};
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function numberOf(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
