import type { CallEvent, LeadTier, Sentiment } from "./call-event.ts";

/** A moment: a date, a text in ISO 8601, or seconds or milliseconds since 1970. */
export type Moment = Date | string | number;

/**
 * A call as one event of any provider tells it. Only the organisation and the provider's id of the call have to be there; what the event does not
 * say is null, or left out, and may be said by another one. Keys that are not here are left alone.
 */
export interface CallInput {
  readonly orgId: string;
  /** The provider's id of the call; goes to `calls.vapi_call_id`. */
  readonly providerCallId?: string | undefined;
  /** The same, by its former name. */
  readonly vapiCallId?: string | undefined;
  /** The organisation's country, ISO 3166 alpha-2: how a national number is read. `US` by default. */
  readonly country?: string | null | undefined;
  /** `inbound` where nobody says; also as providers write it: `outbound-api`, `incoming`. */
  readonly direction?: string | null | undefined;
  /** The other side's number, as sent. */
  readonly number?: string | null | undefined;
  readonly name?: string | null | undefined;
  /** A contact that the sender named; it counts only where the number gives none and it is of the same organisation. */
  readonly contactId?: string | null | undefined;
  /** False: an unknown number gets no contact. */
  readonly createContact?: boolean | null | undefined;
  /** 0 to 100. */
  readonly leadScore?: number | null | undefined;
  readonly leadStatus?: LeadTier | null | undefined;
  readonly details?: CallDetailsInput | null | undefined;
}

/** What else an event may say of its call: a detail that cannot be read is left out, and named. */
export interface CallDetailsInput {
  readonly isTest?: boolean | null | undefined;
  /** One of `callStates`, or a provider's own word: see `providerStates`. One that nobody knows is placed by `occurredAt`. */
  readonly status?: string | null | undefined;
  /** When the event happened. */
  readonly occurredAt?: Moment | null | undefined;
  readonly createdAt?: Moment | null | undefined;
  readonly startedAt?: Moment | null | undefined;
  readonly endedAt?: Moment | null | undefined;
  /** From `startedAt` and `endedAt` where it is not said. */
  readonly durationSeconds?: number | string | null | undefined;
  readonly endedReason?: string | null | undefined;
  /** In the provider's currency. */
  readonly cost?: number | string | null | undefined;
  readonly carrierCallId?: string | null | undefined;
  readonly calledNumber?: string | null | undefined;
  readonly recordingUrl?: string | null | undefined;
  readonly transcript?: string | null | undefined;
  readonly summary?: string | null | undefined;
  readonly sentiment?: Sentiment | string | null | undefined;
}

/** An event as the statement takes it, and what of it could not be read: `details.startedAt`. */
export interface ReadInput {
  readonly event: CallEvent & { readonly providerCallId: string };
  readonly unread: readonly string[];
}
