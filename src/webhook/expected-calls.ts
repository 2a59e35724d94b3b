import { LatestMap } from "./latest-map.ts";

/** What a statement is chosen by: the call is there already, or it is not. */
export type Expected = "stored" | "new" | undefined;

// A wrong guess is a second round trip: this many must have been right in a row.
const enough = 8;

// The text of a state is the sender's: of more states than these the latest are kept, and long ones are one state.
const mostStates = 64;
const longestState = 64;

/**
 * Whether the call of an event is stored already, as far as this process can tell: it has written it, or the latest events of the same
 * state were all alike. A guess decides which statement is sent first, never what is written.
 */
export class ExpectedCalls {
  readonly #stored = new LatestMap<true>();
  readonly #latest = new Map<string, { outcome: Expected; times: number }>();

  of(callId: string, state: string): Expected {
    if (this.#stored.get(callId)) return "stored";
    const latest = this.#latest.get(keyOf(state));
    return latest !== undefined && latest.times >= enough ? latest.outcome : undefined;
  }

  /** Undefined: nobody knows. */
  learn(callId: string, state: string, outcome: Expected): void {
    const key = keyOf(state);
    const latest = this.#latest.get(key);
    const times = latest?.outcome === outcome ? (latest?.times ?? 0) + 1 : 1;
    // The map keeps the order in which its keys came: the first is the one that was not heard of for longest.
    this.#latest.delete(key);
    this.#latest.set(key, { outcome, times });
    if (this.#latest.size > mostStates) this.#latest.delete(this.#latest.keys().next().value ?? "");
    if (outcome === undefined) this.#stored.delete(callId);
    else this.#stored.set(callId, true);
  }

  /** How many states are remembered. */
  get states(): number {
    return this.#latest.size;
  }
}

function keyOf(state: string): string {
  return state.length > longestState ? "" : state;
}
