import type { Sql } from "postgres";
import type { Logger } from "../http/logger.ts";
import { SsotError } from "../model/errors.ts";
import { isUuid } from "../model/uuid.ts";
import type { CallEvent } from "./call-event.ts";
import { contactNumber } from "./call-statement.ts";
import { readCallMessage, readType, type VapiMessage, type VapiPayload } from "./payload.ts";
import { readCall, readSentiment, type ToldCall } from "./read-call.ts";
import { recordCall } from "./record-call.ts";
import type { ResolveOrganization } from "./resolve-organisation.ts";
import { boundedScore, type LeadScore, type ScoreLead } from "./score-lead.ts";
import { within } from "./within.ts";

/** What became of a message. */
export type Handled =
  | {
      readonly handled: true;
      /** `calls.id`. */
      readonly callId: string;
      readonly contactId: string | null;
      readonly contactCreated: boolean;
    }
  | { readonly handled: false; readonly type: string };

export interface HandleOptions {
  readonly sql: Sql;
  readonly resolveOrganization: ResolveOrganization;
  readonly scoreLead: ScoreLead;
  readonly scoreTimeoutMs: number;
  readonly autoCreateContacts: boolean;
  readonly defaultCountry: string;
  readonly contactIdKey: string | null;
  readonly logger: Logger;
}

const recordedTypes = ["status-update", "end-of-call-report"];

// Vapi waits twenty seconds for an answer.
const mostMs = 15_000;

/** Records the call of a message. What it throws is told at `VapiWebhook.handle`. */
export async function handleEvent(options: HandleOptions, payload: unknown): Promise<Handled> {
  const type = readType(payload);
  if (!recordedTypes.includes(type)) return { handled: false, type };
  const read = readCallMessage(payload);
  const told = readCall(read.message, options.contactIdKey);
  if (told === null) {
    options.logger.warn("A message without a call id was left alone", { type });
    return { handled: false, type };
  }
  // What goes on after it is finished or given up by the database, and is harmless: the sender's repeat is the same event.
  return within(mostMs, record(options, told, read), notInTime);
}

async function record(options: HandleOptions, told: ToldCall, payload: VapiPayload): Promise<Handled> {
  const { orgId, country } = await organisationOf(options, payload);
  const event = {
    ...told,
    orgId,
    country,
    createContact: options.autoCreateContacts,
    leadScore: null,
    leadStatus: null,
  };
  const score = payload.message.type === "end-of-call-report" ? await scoreOf(options, event, payload.message) : null;
  const call = await recordCall(options.sql, {
    ...event,
    leadScore: score?.score ?? null,
    leadStatus: score?.tier ?? null,
  });
  const { callId, contactId, contactCreated } = call;
  const ids = { orgId, callId, contactId };
  if (call.detailsRefused) {
    options.logger.warn("The tables refused details of a call; it was kept without them", ids);
  }
  if (contactCreated) options.logger.info("Contact auto-created", ids);
  return { handled: true, callId, contactId, contactCreated };
}

async function organisationOf(
  { resolveOrganization, defaultCountry }: HandleOptions,
  payload: VapiPayload,
): Promise<{ readonly orgId: string; readonly country: string }> {
  const organisation = await resolveOrganization(payload);
  if (organisation === null) throw new SsotError("UNKNOWN_ORGANISATION", "no organisation answers for this call");
  const { id, country } =
    typeof organisation === "string" ? { id: organisation, country: defaultCountry } : organisation;
  if (!isUuid(id)) throw new SsotError("CONFIGURATION", "resolveOrganization gave something else than a uuid");
  return { orgId: id, country };
}

// Before the statement, never inside: whatever the scorer does, it holds no lock, and costs the score at most.
async function scoreOf(
  { scoreLead, scoreTimeoutMs, logger }: HandleOptions,
  event: CallEvent,
  message: VapiMessage,
): Promise<LeadScore | null> {
  const { orgId, vapiCallId } = event;
  if (event.direction !== "inbound" || contactNumber(event) === null) return null;
  try {
    const lead = { orgId, transcript: message.artifact?.transcript ?? "", sentiment: readSentiment(message) };
    const score = await boundedScore(scoreLead, lead, scoreTimeoutMs);
    if (score.odd) logger.warn("The lead score was out of range and made to fit", { orgId, vapiCallId });
    return score;
  } catch {
    // What it threw may repeat the transcript.
    logger.warn("The lead scorer failed or took too long; the call is kept without a score", { orgId, vapiCallId });
    return null;
  }
}

function notInTime(): SsotError {
  return new SsotError("DATABASE_UNAVAILABLE", "the event was not recorded in time", { hint: "Send it again." });
}
