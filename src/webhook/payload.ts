import { SsotError } from "../model/errors.ts";
import { isRegular } from "./is-regular.ts";
import { fieldKinds, type VapiEventType } from "./messages.ts";
import { FieldReader, isObject } from "./read-fields.ts";
import { readTranscript } from "./transcript.ts";
import type { VapiCall, VapiCustomer, VapiMessage } from "./vapi-message.ts";

/** A message, and the places in it that could not be read and were left out. */
export interface ReadMessage {
  readonly message: VapiMessage;
  readonly unread: readonly string[];
}

/** In characters; the provider's are 36. */
const longestId = 255;

/** The type of any message. Throws PAYLOAD_INVALID, with the field. */
export function readType(payload: unknown): string {
  return envelopeOf(payload)[0];
}

/**
 * A message about a call. A detail of another type than it should be is read where it can be, and left out where not; the
 * older, flat places of transcript, summary, recording and identifiers are looked at, too. Throws PAYLOAD_INVALID, with the
 * field, where it is no message, or its call or the call's id is something else.
 */
export function readCallMessage(payload: unknown): ReadMessage {
  const [type, raw] = envelopeOf(payload);
  if (isRegular(raw)) return { message: raw, unread: [] };
  const fields = new FieldReader();
  const call = readCallOf(raw.call, fields);
  const artifact = fields.object(raw.artifact, "message.artifact");
  const analysis = fields.object(raw.analysis, "message.analysis");
  const phoneNumber = fields.object(raw.phoneNumber, "message.phoneNumber");
  const assistant = fields.object(raw.assistant, "message.assistant");
  const recording =
    typeof artifact.recording === "string" ? {} : fields.object(artifact.recording, "message.artifact.recording");
  const mono = fields.object(recording.mono, "message.artifact.recording.mono");
  const told = (value: unknown, place: string): string | null => fields.text(value, place);
  const recordings = [
    told(artifact.recordingUrl, "message.artifact.recordingUrl"),
    told(mono.combinedUrl, "message.artifact.recording.mono.combinedUrl"),
    typeof artifact.recording === "string" ? artifact.recording : null,
    told(raw.recordingUrl, "message.recordingUrl"),
  ];
  const phoneNumberId = call?.phoneNumberId ?? told(raw.phoneNumberId ?? phoneNumber.id, "message.phoneNumber.id");
  const assistantId = call?.assistantId ?? told(raw.assistantId ?? assistant.id, "message.assistant.id");
  const message = {
    ...raw,
    type,
    timestamp: fields.number(raw.timestamp, "message.timestamp"),
    status: told(raw.status, "message.status"),
    endedReason: told(raw.endedReason, "message.endedReason"),
    startedAt: fields.moment(raw.startedAt, "message.startedAt"),
    endedAt: fields.moment(raw.endedAt, "message.endedAt"),
    durationSeconds: fields.number(raw.durationSeconds, "message.durationSeconds"),
    cost: fields.number(raw.cost, "message.cost"),
    call: call === null ? null : { ...call, phoneNumberId, assistantId },
    customer: readCustomer(raw.customer, "message.customer", fields),
    phoneNumber: { ...phoneNumber, id: phoneNumberId, number: told(phoneNumber.number, "message.phoneNumber.number") },
    assistant: { ...assistant, id: assistantId, name: told(assistant.name, "message.assistant.name") },
    artifact: {
      ...artifact,
      transcript: firstText([
        transcriptOf(artifact.transcript, "message.artifact.transcript", fields),
        transcriptOf(raw.transcript, "message.transcript", fields),
      ]),
      recordingUrl: firstText(recordings),
      recording,
    },
    analysis: {
      ...analysis,
      summary: firstText([told(analysis.summary, "message.analysis.summary"), told(raw.summary, "message.summary")]),
    },
  };
  return { message, unread: fields.unread.length === 0 ? fields.unread : [...new Set(fields.unread)] };
}

/** Any other message for whoever asked to hear of it: its own fields read like those of a call's, everything else as it was sent. */
export function readOtherMessage(payload: unknown): ReadMessage {
  const { message: whole } = readCallMessage(payload);
  const [type, raw] = envelopeOf(payload);
  const fields = new FieldReader();
  const kinds = Object.entries(kindsOf(type) ?? {});
  const own = kinds.map(([name, kind]): readonly [string, unknown] => {
    const [value, place] = [raw[name], `message.${name}`];
    if (kind === "list") return [name, Array.isArray(value) ? value : null];
    return [name, fields[kind](value, place)];
  });
  const { call, customer, phoneNumber, assistant, artifact, timestamp } = whole;
  return {
    message: { ...raw, type, call, customer, phoneNumber, assistant, artifact, timestamp, ...Object.fromEntries(own) },
    unread: fields.unread,
  };
}

function kindsOf(type: string): (typeof fieldKinds)[VapiEventType] {
  return Object.entries(fieldKinds).find(([known]) => known === type)?.[1];
}

const placesOfCall = {
  id: "message.call.id",
  type: "message.call.type",
  assistantId: "message.call.assistantId",
  phoneNumberId: "message.call.phoneNumberId",
  phoneCallProviderId: "message.call.phoneCallProviderId",
} as const;

function readCallOf(value: unknown, fields: FieldReader): VapiCall | null {
  if (value === null || value === undefined) return null;
  if (!isObject(value)) throw invalid("message.call", "object expected");
  const { id } = value;
  if (id !== null && id !== undefined && typeof id !== "string" && typeof id !== "number") {
    throw invalid("message.call.id", "string expected");
  }
  // An index holds it, whose entries have a limit.
  if (String(id ?? "").length > longestId) throw invalid("message.call.id", `longer than ${longestId} characters`);
  const told = (name: keyof typeof placesOfCall): string | null => fields.text(value[name], placesOfCall[name]);
  return {
    ...value,
    id: told("id"),
    type: told("type"),
    createdAt: fields.moment(value.createdAt, "message.call.createdAt"),
    startedAt: fields.moment(value.startedAt, "message.call.startedAt"),
    assistantId: told("assistantId"),
    phoneNumberId: told("phoneNumberId"),
    phoneCallProviderId: told("phoneCallProviderId"),
    customer: readCustomer(value.customer, "message.call.customer", fields),
  };
}

function readCustomer(value: unknown, place: string, fields: FieldReader): VapiCustomer {
  const customer = fields.object(value, place);
  const { number, sipUri, name } = customer;
  // Of most customers all are read: the places need not be put together.
  const isRead = (part: unknown): boolean => part === undefined || typeof part === "string";
  if (isRead(number) && isRead(sipUri) && isRead(name)) return customer;
  return {
    ...customer,
    number: fields.text(number, `${place}.number`),
    sipUri: fields.text(sipUri, `${place}.sipUri`),
    name: fields.text(name, `${place}.name`),
  };
}

function transcriptOf(value: unknown, place: string, fields: FieldReader): string | null {
  const text = value === null || value === undefined ? null : readTranscript(value);
  if (text === null && value !== null && value !== undefined) fields.unread.push(place);
  return text;
}

function firstText(texts: readonly (string | null)[]): string | null {
  return texts.find((text) => text !== null && text.trim() !== "") ?? null;
}

// The type of a message, and its fields.
function envelopeOf(payload: unknown): readonly [string, Readonly<Record<string, unknown>>] {
  if (!isObject(payload)) throw invalid("the body", "object expected");
  const { message } = payload;
  if (!isObject(message)) throw invalid("message", "object expected");
  const { type } = message;
  if (typeof type !== "string") throw invalid("message.type", "string expected");
  return [type, message];
}

// Of the value itself nothing is said: it may be somebody's number.
function invalid(field: string, expected: string): SsotError {
  return new SsotError("PAYLOAD_INVALID", `${field}: ${expected}`);
}
