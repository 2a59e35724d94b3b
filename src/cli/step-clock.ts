import type { StepProgress } from "../report/render-progress.ts";

// Sooner, a rate says more about the first batch than about the step.
const rateNeedsSeconds = 0.5;

/** Measures how long a step takes, and how fast its rows go by. */
export class StepClock {
  #step: string | undefined;
  #began = 0;
  #pace: string | undefined;
  #rows: { readonly first: number; readonly since: number; readonly done: number; readonly total: number } | undefined;

  /** A step begins. */
  begin(step: string): void {
    this.#step = step;
    this.#began = performance.now();
    this.#rows = undefined;
  }

  /** So many of the step's rows are done; fewer than before, or of another total, begin a new count. */
  count(done: number, total: number): void {
    const before = this.#rows;
    const anew = before === undefined || done < before.done || total !== before.total;
    this.#rows = anew ? { first: done, since: performance.now(), done, total } : { ...before, done };
  }

  /** Why it goes as it does; undefined: nothing is in its way. */
  slowed(pace: string | undefined): void {
    this.#pace = pace;
  }

  /** Where the step is now; undefined before the first one. */
  read(): StepProgress | undefined {
    if (this.#step === undefined) return undefined;
    const now = performance.now();
    const time = { step: this.#step, elapsedMs: now - this.#began, pace: this.#pace };
    const rows = this.#rows;
    if (rows === undefined) return time;
    const seconds = (now - rows.since) / 1000;
    const known = seconds >= rateNeedsSeconds && rows.done > rows.first;
    const rate = known ? (rows.done - rows.first) / seconds : undefined;
    return { ...time, rows: { done: rows.done, total: rows.total, rate } };
  }
}
