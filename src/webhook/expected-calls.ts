import { LatestMap } from "./latest-map.ts";

/** What a statement is chosen by: the call is there already, or it is not. */
export type Expected = "stored" | "new" | undefined;

// A wrong guess is a second round trip: this many must have been right in a row.
const enough = 8;

/**
 * Whether the call of an event is stored already, as far as this process can tell: it has written it, or the latest events of the same
 * state were all alike. A guess decides which statement is sent first, never what is written.
 */
export class ExpectedCalls {
  readonly #stored = new LatestMap<true>();
  readonly #latest = new Map<string, { outcome: Expected; times: number }>();

  of(callId: string, state: string): Expected {
    if (this.#stored.get(callId)) return "stored";
    const latest = this.#latest.get(state);
    return latest !== undefined && latest.times >= enough ? latest.outcome : undefined;
  }

  /** Undefined: nobody knows. */
  learn(callId: string, state: string, outcome: Expected): void {
    const latest = this.#latest.get(state);
    if (latest !== undefined && latest.outcome === outcome) latest.times += 1;
    else this.#latest.set(state, { outcome, times: 1 });
    if (outcome === undefined) this.#stored.delete(callId);
    else this.#stored.set(callId, true);
  }
}
