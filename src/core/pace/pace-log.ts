import type { Decision, PaceMode } from "./controller.ts";

/** How a run went: the part of its report. Nothing in it is anybody's data. */
export interface PaceReport {
  readonly mode: PaceMode;
  /** What changed when, in ms since the run began: the first hundred. */
  readonly changes: readonly PaceChange[];
  readonly slowedMs: number;
  readonly pausedMs: number;
  /** For how long each signal slowed or held the run, in ms. */
  readonly reasons: Readonly<Record<string, number>>;
  /** What could not be looked at. */
  readonly unknown: readonly string[];
}

export interface PaceChange {
  readonly afterMs: number;
  readonly state: Decision["state"];
  readonly signal?: string;
  readonly reason?: string;
}

const mostChanges = 100;

/** Keeps what a run's pace was. */
export class PaceLog {
  readonly #mode: PaceMode;
  readonly #began: number;
  readonly #changes: PaceChange[] = [];
  readonly #reasons = new Map<string, number>();
  #slowedMs = 0;
  #pausedMs = 0;
  #last: { readonly at: number; readonly decision: Decision } | undefined;

  constructor(mode: PaceMode, began: number) {
    this.#mode = mode;
    this.#began = began;
  }

  /** Notes what holds from now on. Tells whether that is something else than before: another state, or another signal. */
  note(decision: Decision, at: number): boolean {
    this.#count(at);
    const last = this.#last?.decision;
    const isNew = last?.state !== decision.state || last.because?.signal !== decision.because?.signal;
    this.#last = { at, decision };
    if (isNew && this.#changes.length < mostChanges) {
      const { state, because } = decision;
      this.#changes.push({ afterMs: Math.round(at - this.#began), state, ...because });
    }
    return isNew;
  }

  report(at: number, unknown: readonly string[]): PaceReport {
    this.#count(at);
    if (this.#last !== undefined) this.#last = { ...this.#last, at };
    return {
      mode: this.#mode,
      changes: [...this.#changes],
      slowedMs: Math.round(this.#slowedMs),
      pausedMs: Math.round(this.#pausedMs),
      reasons: Object.fromEntries([...this.#reasons].map(([signal, ms]) => [signal, Math.round(ms)])),
      unknown,
    };
  }

  #count(at: number): void {
    if (this.#last === undefined) return;
    const ms = at - this.#last.at;
    const { state, because } = this.#last.decision;
    if (state === "slowed") this.#slowedMs += ms;
    if (state === "paused") this.#pausedMs += ms;
    if (because !== undefined) this.#reasons.set(because.signal, (this.#reasons.get(because.signal) ?? 0) + ms);
  }
}
