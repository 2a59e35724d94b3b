import type { AnyHookEvent, EventOrganisation } from "./hooks.ts";
import type { ToldCall } from "./read-call.ts";
import type { Organisation } from "./resolve-organisation.ts";
import type { Speakers } from "./transcript.ts";

/** What a request tells, whoever sent it. */
export interface ReadEvent {
  readonly type: string;
  /** It is of a type that says something of a call which is to be kept. */
  readonly isRecorded: boolean;
  /** It may be the last of its call: then the caller is scored. */
  readonly isReport: boolean;
  /** Null where no call is named. */
  readonly told: ToldCall | null;
  readonly speakers: () => Speakers;
  /** Places of what could not be read. */
  readonly unread: readonly string[];
  readonly resolve: () => Organisation | null | Promise<Organisation | null>;
  /** The event as hooks are given it. */
  readonly hooked: (organisation: EventOrganisation | null) => AnyHookEvent;
}

/** How a provider's requests are read. Each throws PAYLOAD_INVALID for what is none. */
export interface EventSource {
  /** A body as what the others are given. */
  readonly parse: (body: Uint8Array, headers: Headers) => unknown;
  readonly typeOf: (payload: unknown) => string;
  readonly isRecorded: (payload: unknown) => boolean;
  /** Only the host can answer it. */
  readonly wantsAnswer: (payload: unknown) => boolean;
  readonly read: (payload: unknown) => ReadEvent;
}
