import { isUuid } from "../model/uuid.ts";
import { isWithheld } from "../phone/withheld.ts";
import { type CallDetails, type CallEvent, callStates, type Sentiment } from "./call-event.ts";
import type { Speakers } from "./transcript.ts";
import type { VapiMessage } from "./vapi-message.ts";

/** What a message says of its call, without what only the host knows: organisation, score. */
export type ToldCall = Omit<
  CallEvent,
  "orgId" | "country" | "leadScore" | "leadStatus" | "createContact" | "providerCallId"
> & {
  readonly providerCallId: string;
};

/** What calls from a browser or a program are: those with a contact or a number are calls, or all of them are tests. */
export type WebCalls = "record" | "test";

// A SIP address may be long; what is longer is kept as far as this, and costs no time.
const longestNumber = 255;

/**
 * Reads a `status-update` or an `end-of-call-report`. Identity is the call's; the course of the call is the message's,
 * because `message.call` is often the call as it was when it was created. Null without a call id.
 */
export function readCall(
  message: VapiMessage,
  contactIdKey: string | null,
  webCalls: WebCalls = "test",
): ToldCall | null {
  const providerCallId = clean(message.call?.id);
  if (providerCallId === null) return null;
  const customers = [message.call?.customer, message.customer];
  const number = callersNumber(message);
  const contactId = contactIdKey === null ? null : readContactId(message, contactIdKey);
  const isSomebodys = webCalls === "record" && (contactId !== null || (number !== null && !isWithheld(number)));
  const isTest = isWebCall(message) && !isSomebodys;
  return {
    providerCallId,
    direction: isOutbound(message) ? "outbound" : "inbound",
    number,
    name: firstOf(customers.map((customer) => clean(customer?.name))),
    contactId: isTest ? null : contactId,
    details: readDetails(message, isTest),
  };
}

/** Who speaks in the transcript of a message. */
export function speakersOf(message: VapiMessage): Speakers {
  const turns = property(message.artifact, "messages") ?? property(message, "messages");
  const assistant = message.assistant?.name ?? property(property(message.call, "assistant"), "name");
  const caller = firstOf([clean(message.call?.customer?.name), clean(message.customer?.name)]);
  return { turns, callerName: caller, assistantName: textOf(assistant) };
}

function readDetails(message: VapiMessage, isTest: boolean): CallDetails {
  const isReport = message.type === "end-of-call-report";
  const state = isReport ? "ended" : message.status;
  // A call begins when somebody answers.
  const begins = state === "in-progress" ? message.timestamp : null;
  const startedAt = moment(message.startedAt ?? (isReport ? null : (message.call?.startedAt ?? begins)));
  const endedAt = moment(message.endedAt);
  return {
    isTest,
    status: callStates.find((known) => known === state) ?? null,
    createdAt: moment(message.call?.createdAt) ?? startedAt ?? moment(message.timestamp),
    startedAt,
    endedAt,
    durationSeconds: durationOf(startedAt, endedAt, message.durationSeconds ?? null),
    endedReason: clean(message.endedReason),
    cost: message.cost ?? null,
    carrierCallId: clean(message.call?.phoneCallProviderId),
    calledNumber: calledNumberOf(message),
    // A presigned address is another one in each delivery, and soon of no use.
    recordingUrl: clean(message.artifact?.recordingUrl) ?? clean(message.artifact?.recording?.mono?.combinedUrl),
    transcript: isReport ? clean(message.artifact?.transcript) : null,
    summary: clean(message.analysis?.summary),
    sentiment: readSentiment(message),
  };
}

// A call from a browser or a program: nobody's phone.
function isWebCall(message: VapiMessage): boolean {
  return message.call?.type === "webCall" || message.call?.type === "vapi.websocketCall";
}

function isOutbound(message: VapiMessage): boolean {
  return message.call?.type === "outboundPhoneCall";
}

// Of an inbound call the organisation's own number was dialled.
function calledNumberOf(message: VapiMessage): string | null {
  if (isWebCall(message)) return null;
  const own = firstOf([
    clean(message.phoneNumber?.number),
    clean(textOf(property(property(message.call, "phoneNumber"), "number"))),
  ]);
  return isOutbound(message) ? callersNumber(message) : numberOf(own);
}

// A number counts before an address, wherever the two stand.
function callersNumber(message: VapiMessage): string | null {
  const customers = [message.call?.customer, message.customer];
  const numbers = [...customers.map((customer) => customer?.number), ...customers.map((customer) => customer?.sipUri)];
  return numberOf(firstOf(numbers.map(clean)));
}

/**
 * The owner's schema decides where it stands: `analysis.structuredData.sentiment`, or the result of a structured output
 * whose name speaks of sentiment, or that has a field of that name.
 */
export function readSentiment(message: VapiMessage): Sentiment | null {
  return (
    sentimentOf(property(message.analysis?.structuredData, "sentiment")) ??
    outputSentiment(message.artifact?.structuredOutputs)
  );
}

function outputSentiment(outputs: unknown): Sentiment | null {
  if (typeof outputs !== "object" || outputs === null) return null;
  for (const output of Object.values(outputs)) {
    const result: unknown = property(output, "result");
    const isOne = /sentiment/i.test(textOf(property(output, "name")) ?? "");
    const found = sentimentOf(property(result, "sentiment")) ?? (isOne ? sentimentOf(result) : null);
    if (found !== null) return found;
  }
  return null;
}

function sentimentOf(told: unknown): Sentiment | null {
  const word = textOf(told)?.trim().toLowerCase();
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

function numberOf(text: string | null): string | null {
  return text?.slice(0, longestNumber) ?? null;
}

// A count is in milliseconds, or in seconds.
function moment(told: string | number | null | undefined): Date | null {
  if (told === null || told === undefined) return null;
  const date = new Date(typeof told === "number" && told < 1e11 ? told * 1000 : told);
  return date.getUTCFullYear() >= 1900 && date.getUTCFullYear() < 2200 ? date : null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function firstOf(texts: readonly (string | null)[]): string | null {
  return texts.find((text) => text !== null) ?? null;
}

function property(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? Object.getOwnPropertyDescriptor(value, key)?.value
    : undefined;
}
