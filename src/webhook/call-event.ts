/** A call as one event of the telephony provider tells it. What the event does not say is null. */
export interface CallEvent {
  readonly orgId: string;
  /** The organisation's country, ISO 3166 alpha-2: how a national number is read. */
  readonly country: string;
  readonly vapiCallId: string;
  readonly direction: "inbound" | "outbound";
  /** As sent; withheld or unreadable numbers are kept on the call, without a contact. */
  readonly number: string | null;
  readonly name: string | null;
  /** A contact that the sender named; it counts only where the number gives none and it is of the same organisation. */
  readonly contactId?: string | null;
  /** False: an unknown number gets no contact. True by default, for inbound calls that are no test. */
  readonly createContact?: boolean;
  /** 0 to 100. */
  readonly leadScore: number | null;
  readonly leadStatus: LeadTier | null;
  readonly details?: CallDetails;
}

export type LeadTier = "hot" | "warm" | "cold";

/** What else an event may say of its call. Each goes to the column of calls that is there for it. */
export interface CallDetails {
  readonly isTest?: boolean;
  /** One of `callStates`. */
  readonly status?: string | null;
  readonly startedAt?: Date | null;
  readonly endedAt?: Date | null;
  readonly durationSeconds?: number | null;
  readonly recordingUrl?: string | null;
  readonly transcript?: string | null;
  readonly summary?: string | null;
  readonly sentiment?: "positive" | "neutral" | "negative" | null;
}

/** The states of a call, in the order in which a call goes through them. */
export const callStates = ["scheduled", "queued", "ringing", "in-progress", "forwarding", "ended"] as const;

export interface RecordedCall {
  /** `calls.id`. */
  readonly callId: string;
  readonly contactId: string | null;
  readonly contactCreated: boolean;
  /** A rule or type of the tables refused one of the details: the call and its contact are kept without them. */
  readonly detailsRefused: boolean;
}
