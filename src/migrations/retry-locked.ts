import { setTimeout as sleep } from "node:timers/promises";
import { sqlStateOf } from "../db/connection-error.ts";
import { SsotError } from "../model/errors.ts";
import type { BlockerWatch } from "./blockers.ts";

export interface RetryOptions {
  /** How often it is tried at all. */
  readonly lockTries: number;
  readonly blockers: BlockerWatch;
  readonly signal?: AbortSignal | undefined;
  /** Hears every five seconds who is waited for, while anybody is. */
  readonly onBlocked?: ((blockers: readonly string[]) => void) | undefined;
  /** Hears which try got no lock, and who stood in the way, before the next one. */
  readonly onRetry?: ((attempt: number, blockers: readonly string[]) => void) | undefined;
}

// A lock time-out, a deadlock, a serialisation failure.
const lockProblems = new Set(["55P03", "40P01", "40001"]);
const tellEveryMs = 5_000;
const longestPauseMs = 30_000;

/** Whether an error of the server says that others were in the way: the same may succeed a moment later. */
export function isLockProblem(error: unknown): boolean {
  return lockProblems.has(sqlStateOf(error) ?? "");
}

/**
 * Works, and again as long as others are in the way, with longer pauses each time. The work has to leave nothing behind
 * when it fails. Throws what the last try threw, and INTERRUPTED instead of a try after an abort.
 */
export async function retryLocked<T>(work: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { blockers, signal } = options;
  for (let attempt = 1; ; attempt += 1) {
    if (signal?.aborted) throw new SsotError("INTERRUPTED", "interrupted");
    const telling = setInterval(() => {
      const who = blockers.now();
      if (who.length > 0) options.onBlocked?.(who);
    }, tellEveryMs);
    try {
      return await work();
    } catch (error) {
      if (signal?.aborted || !isLockProblem(error) || attempt >= options.lockTries) throw error;
      options.onRetry?.(attempt, blockers.lastSeen());
    } finally {
      clearInterval(telling);
    }
    // Full jitter, from 100 ms on.
    const pauseMs = Math.random() * Math.min(longestPauseMs, 100 * 2 ** attempt);
    await sleep(pauseMs, undefined, { signal }).catch(() => {});
  }
}
