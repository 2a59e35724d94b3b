import { isUuid } from "../model/uuid.ts";
import { type CallDetails, type CallEvent, callStates } from "./call-event.ts";
import type { VapiMessage } from "./payload.ts";

/** What a message says of its call, without what only the host knows: organisation, score. */
export type ToldCall = Omit<CallEvent, "orgId" | "country" | "leadScore" | "leadStatus" | "createContact">;

// A SIP address may be long; what is longer is kept as far as this, and costs no time.
const longestNumber = 255;

/**
 * Reads a `status-update` or an `end-of-call-report`. Identity is the call's; the course of the call is the message's,
 * because `message.call` is often the call as it was when it was created. Null without a call id.
 */
export function readCall(message: VapiMessage, contactIdKey: string | null): ToldCall | null {
  const vapiCallId = clean(message.call?.id);
  if (vapiCallId === null) return null;
  const customers = [message.call?.customer, message.customer];
  return {
    vapiCallId,
    direction: message.call?.type === "outboundPhoneCall" ? "outbound" : "inbound",
    number: firstOf(customers.map((customer) => clean(customer?.number)))?.slice(0, longestNumber) ?? null,
    name: firstOf(customers.map((customer) => clean(customer?.name))),
    contactId: contactIdKey === null || isTest(message) ? null : readContactId(message, contactIdKey),
    details: readDetails(message),
  };
}

function readDetails(message: VapiMessage): CallDetails {
  const isReport = message.type === "end-of-call-report";
  const state = isReport ? "ended" : message.status;
  const startedAt = instant(message.startedAt);
  const endedAt = instant(message.endedAt);
  return {
    isTest: isTest(message),
    status: callStates.find((known) => known === state) ?? null,
    startedAt,
    endedAt,
    durationSeconds: durationOf(startedAt, endedAt, message.durationSeconds ?? null),
    // A presigned address is another one in each delivery, and soon of no use.
    recordingUrl: clean(message.artifact?.recordingUrl) ?? clean(message.artifact?.recording?.mono?.combinedUrl),
    transcript: isReport ? clean(message.artifact?.transcript) : null,
    summary: clean(message.analysis?.summary),
    sentiment: readSentiment(message),
  };
}

// A call from a browser or a program: nobody's phone.
function isTest(message: VapiMessage): boolean {
  return message.call?.type === "webCall" || message.call?.type === "vapi.websocketCall";
}

/** The owner's schema decides where it stands; the usual place is `analysis.structuredData.sentiment`. */
export function readSentiment(message: VapiMessage): "positive" | "neutral" | "negative" | null {
  const told = property(message.analysis?.structuredData, "sentiment");
  const word = typeof told === "string" ? told.trim().toLowerCase() : "";
  return word === "positive" || word === "neutral" || word === "negative" ? word : null;
}

// A caller's own data: beside the number, in the overrides (end of call), or in the call (other messages).
function readContactId(message: VapiMessage, key: string): string | null {
  const { call } = message;
  const places = [
    call?.customer,
    message.customer,
    property(property(call, "assistantOverrides"), "metadata"),
    property(call, "metadata"),
  ];
  const told = places.map((place) => property(place, key)).find((value) => typeof value === "string");
  return isUuid(told) ? told : null;
}

function durationOf(startedAt: Date | null, endedAt: Date | null, told: number | null): number | null {
  const measured = startedAt === null || endedAt === null ? null : (endedAt.getTime() - startedAt.getTime()) / 1000;
  const seconds = measured !== null && measured >= 0 ? measured : told;
  return seconds === null || seconds < 0 || seconds > 0x7fffffff ? null : Math.round(seconds);
}

// PostgreSQL's text has no NUL.
function clean(text: string | null | undefined): string | null {
  const bare = text?.replaceAll("\u0000", "").trim() ?? "";
  return bare === "" ? null : bare;
}

function instant(text: string | null | undefined): Date | null {
  return text === null || text === undefined ? null : new Date(text);
}

function firstOf(texts: readonly (string | null)[]): string | null {
  return texts.find((text) => text !== null) ?? null;
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? Object.getOwnPropertyDescriptor(value, key)?.value
    : undefined;
}
