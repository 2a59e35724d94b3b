/** A call as one event of the telephony provider tells it. What the event does not say is null, or left out. */
export interface CallEvent {
  readonly orgId: string;
  /** The organisation's country, ISO 3166 alpha-2: how a national number is read. */
  readonly country: string;
  /** The provider's id of the call; goes to `calls.vapi_call_id`. */
  readonly providerCallId?: string | undefined;
  /** The same, by its former name: one of the two has to be there. */
  readonly vapiCallId?: string | undefined;
  readonly direction: "inbound" | "outbound";
  /** As sent; withheld or unreadable numbers are kept on the call, without a contact. */
  readonly number: string | null;
  readonly name?: string | null | undefined;
  /** A contact that the sender named; it counts only where the number gives none and it is of the same organisation. */
  readonly contactId?: string | null | undefined;
  /** False: an unknown number gets no contact. True by default, for inbound calls that are no test. */
  readonly createContact?: boolean | undefined;
  /** 0 to 100. */
  readonly leadScore?: number | null | undefined;
  readonly leadStatus?: LeadTier | null | undefined;
  readonly details?: CallDetails | undefined;
  /** What the event is known by when it comes again; kept where calls has the column `taken_events`. */
  readonly fingerprint?: string | null | undefined;
}

export type LeadTier = "hot" | "warm" | "cold";

export type Sentiment = "positive" | "neutral" | "negative";

/** What else an event may say of its call. Each goes to the column of calls that is there for it. */
export interface CallDetails {
  readonly isTest?: boolean;
  /** One of `callStates`. */
  readonly status?: string | null;
  /** When the provider made the call; else the earliest time that the event knows. */
  readonly createdAt?: Date | null;
  readonly startedAt?: Date | null;
  readonly endedAt?: Date | null;
  readonly durationSeconds?: number | null;
  readonly endedReason?: string | null;
  /** In the provider's currency. */
  readonly cost?: number | null;
  /** The carrier's id of the call, such as Twilio's CallSid. */
  readonly carrierCallId?: string | null;
  /** The number that was dialled: the organisation's own where the call is inbound. */
  readonly calledNumber?: string | null;
  readonly recordingUrl?: string | null;
  readonly transcript?: string | null;
  readonly summary?: string | null;
  readonly sentiment?: Sentiment | null;
}

/** The states of a call, in the order in which a call goes through them. */
export const callStates = ["scheduled", "queued", "ringing", "in-progress", "forwarding", "ended"] as const;

export type CallState = (typeof callStates)[number];

export interface RecordedCall {
  /** `calls.id`. */
  readonly callId: string;
  readonly contactId: string | null;
  readonly contactCreated: boolean;
  /** The event made the call's row. */
  readonly created: boolean;
  /** The row had all of it already, and nothing was written. */
  readonly repeat: boolean;
  /** Columns of calls that this event changed; none where it made the row. */
  readonly changed: readonly string[];
  /**
   * What was left out because a rule or type of the tables refused it: columns of calls, and of contacts as `contacts.name`. The call and
   * everything else of it are kept.
   */
  readonly refused: readonly string[];
}
