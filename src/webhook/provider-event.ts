import type { CallInput } from "./call-input.ts";
import type { Speakers } from "./transcript.ts";

/** A call as `recordCall` takes it, without what only the host knows. */
export type ProviderCall = Omit<CallInput, "orgId" | "country" | "createContact" | "leadScore" | "leadStatus">;

/** What a provider's request tells, as `parse` reads it. */
export interface ProviderEvent {
  /** Its name at the provider: `call_ended`. Hooks stand under it. */
  readonly type: string;
  /** What is to be kept of its call; null, or left out, for an event that records nothing. */
  readonly call?: ProviderCall | null | undefined;
  /** The last of a call, whose transcript and sentiment score the caller. */
  readonly isReport?: boolean | undefined;
  /** Only the host can answer it: it goes to `otherwise`. */
  readonly wantsAnswer?: boolean | undefined;
  /** The ids that the provider gave out, to find the organisation by: of the number, the assistant, the account. */
  readonly numberId?: string | null | undefined;
  readonly assistantId?: string | null | undefined;
  readonly accountId?: string | null | undefined;
  /** The number of the organisation's own. */
  readonly ownNumber?: string | null | undefined;
  /** Who speaks in the transcript, where its words do not say it. */
  readonly speakers?: Partial<Speakers> | undefined;
  /** The request's fields as they were sent. Personal data. */
  readonly payload: unknown;
}

/** Reads a body; null for a request that is no event. What it throws is PAYLOAD_INVALID. */
export type ParseEvent = (body: Uint8Array, headers: Headers) => ProviderEvent | null | Promise<ProviderEvent | null>;
