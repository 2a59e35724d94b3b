import { SsotError } from "../model/errors.ts";
import { isUuid } from "../model/uuid.ts";
import type { CallDetails, CallEvent, LeadTier, Sentiment } from "./call-event.ts";
import type { ReadInput } from "./call-input.ts";
import { isEndedReason, stateOf } from "./provider-states.ts";
import type { ToldCall } from "./read-call.ts";
import { FieldReader, isObject } from "./read-fields.ts";

type Fields = Readonly<Record<string, unknown>>;

const longestId = 255;
const longestDuration = 0x7fffffff;

/**
 * Reads an event that somebody made of a provider's. What says whose call it is has to be right; a detail of another type than it should be
 * is read where it can be, and left out where not. Throws PAYLOAD_INVALID, with the field and no value.
 */
export function readCallInput(input: unknown): ReadInput {
  if (!isObject(input)) throw invalid("the event", "object expected");
  const { orgId } = input;
  if (!isUuid(orgId)) throw invalid("orgId", "uuid expected");
  const country = countryOf(input.country);
  const { told, unread } = readToldCall(input);
  const fields = new FieldReader();
  const score = fields.number(input.leadScore, "leadScore");
  const event = {
    ...told,
    orgId,
    country,
    createContact: input.createContact !== false,
    leadScore: score === null ? null : Math.round(Math.min(100, Math.max(0, score))),
    leadStatus: tierOf(clean(fields.text(input.leadStatus, "leadStatus")), fields),
  };
  return { event, unread: [...unread, ...fields.unread] };
}

/** The same without what only the host knows. Throws PAYLOAD_INVALID. */
export function readToldCall(input: unknown): { readonly told: ToldCall; readonly unread: readonly string[] } {
  if (!isObject(input)) throw invalid("the call", "object expected");
  const fields = new FieldReader();
  const text = (name: string): string | null => clean(fields.text(input[name], name));
  const { contactId } = input;
  if (contactId !== null && contactId !== undefined && !isUuid(contactId)) fields.unread.push("contactId");
  const told = {
    providerCallId: idOf(input),
    direction: directionOf(input.direction),
    number: text("number")?.slice(0, longestId) ?? null,
    name: text("name"),
    contactId: isUuid(contactId) ? contactId : null,
    details: readDetails(fields.object(input.details, "details"), fields),
  };
  return { told, unread: [...new Set(fields.unread)] };
}

function readDetails(details: Fields, fields: FieldReader): CallDetails {
  const place = (name: string): string => `details.${name}`;
  const text = (name: string): string | null => clean(fields.text(details[name], place(name)));
  const moment = (name: string): Date | null => momentOf(details[name], place(name), fields);
  const occurredAt = moment("occurredAt");
  const endedAt = moment("endedAt");
  const word = text("status");
  const known = word === null ? null : stateOf(word);
  // A call begins when somebody answers.
  const startedAt = moment("startedAt") ?? (known === "in-progress" ? occurredAt : null);
  const status = known ?? (word === null ? null : placed(occurredAt, startedAt, endedAt));
  if (word !== null && status === null) fields.unread.push(place("status"));
  const told = fields.number(details.durationSeconds, place("durationSeconds"));
  return {
    isTest: details.isTest === true,
    status,
    createdAt: moment("createdAt") ?? least(startedAt, occurredAt),
    startedAt,
    endedAt,
    durationSeconds: durationOf(told, startedAt, endedAt),
    endedReason: text("endedReason") ?? (word !== null && isEndedReason(word) ? word : null),
    cost: fields.number(details.cost, place("cost")),
    carrierCallId: text("carrierCallId"),
    calledNumber: text("calledNumber")?.slice(0, longestId) ?? null,
    recordingUrl: text("recordingUrl"),
    transcript: text("transcript"),
    summary: text("summary"),
    sentiment: sentimentOf(text("sentiment"), fields),
  };
}

// A state that nobody knows is what the call was at that time, as far as the event itself tells.
function placed(at: Date | null, startedAt: Date | null, endedAt: Date | null): "ended" | "in-progress" | null {
  const isSince = (moment: Date | null): boolean => moment !== null && (at === null || at >= moment);
  if (isSince(endedAt)) return "ended";
  return isSince(startedAt) ? "in-progress" : null;
}

function idOf({ providerCallId, vapiCallId }: Fields): string {
  const told = providerCallId ?? vapiCallId;
  if (typeof told !== "string" && !(typeof told === "number" && Number.isFinite(told))) {
    throw invalid("providerCallId", "the provider's id of the call expected");
  }
  const id = clean(String(told));
  if (id === null) throw invalid("providerCallId", "the provider's id of the call expected");
  // An index holds it, whose entries have a limit.
  if (id.length > longestId) throw invalid("providerCallId", `longer than ${longestId} characters`);
  return id;
}

function countryOf(told: unknown): string {
  if (told === null || told === undefined) return "US";
  if (typeof told !== "string" || !/^[a-z]{2}$/i.test(told.trim())) throw invalid("country", "two letters expected");
  return told.trim().toUpperCase();
}

// Twilio has outbound-api and outbound-dial, Telnyx incoming and outgoing.
function directionOf(told: unknown): CallEvent["direction"] {
  if (told === null || told === undefined || told === "") return "inbound";
  const word = typeof told === "string" ? told.trim().toLowerCase() : "";
  if (/^(inbound|incoming)\b/.test(word)) return "inbound";
  if (/^(outbound|outgoing)\b/.test(word)) return "outbound";
  throw invalid("direction", "inbound or outbound expected");
}

function momentOf(told: unknown, place: string, fields: FieldReader): Date | null {
  if (told instanceof Date) {
    if (!Number.isNaN(told.getTime()) && told.getUTCFullYear() >= 1900 && told.getUTCFullYear() < 2200) return told;
    fields.unread.push(place);
    return null;
  }
  // As mail and Twilio write it.
  const isMailDate = typeof told === "string" && /^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} \d{4} /.test(told);
  const text = fields.moment(isMailDate ? Date.parse(told) : told, place);
  return text === null ? null : new Date(text);
}

function durationOf(told: number | null, startedAt: Date | null, endedAt: Date | null): number | null {
  const measured = startedAt === null || endedAt === null ? null : (endedAt.getTime() - startedAt.getTime()) / 1000;
  const seconds = told ?? measured;
  return seconds === null || seconds < 0 || seconds > longestDuration ? null : Math.round(seconds);
}

function tierOf(word: string | null, fields: FieldReader): LeadTier | null {
  if (word === null || word === "hot" || word === "warm" || word === "cold") return word;
  fields.unread.push("leadStatus");
  return null;
}

// Retell writes Unknown where it cannot tell.
function sentimentOf(told: string | null, fields: FieldReader): Sentiment | null {
  const word = told?.toLowerCase() ?? "unknown";
  if (word === "positive" || word === "neutral" || word === "negative") return word;
  if (word !== "unknown") fields.unread.push("details.sentiment");
  return null;
}

function least(first: Date | null, second: Date | null): Date | null {
  if (first === null || second === null) return first ?? second;
  return first < second ? first : second;
}

// PostgreSQL's text has no NUL.
function clean(text: string | null): string | null {
  const bare = text?.replaceAll("\u0000", "").trim() ?? "";
  return bare === "" ? null : bare;
}

// Of the value itself nothing is said: it may be somebody's number.
function invalid(field: string, expected: string): SsotError {
  return new SsotError("PAYLOAD_INVALID", `${field}: ${expected}`);
}
