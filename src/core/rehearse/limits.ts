import { stopsTraffic } from "./lock-modes.ts";
import type { LockHold } from "./lock-watch.ts";
import type { Limit, RehearsedRun, RehearsedStep } from "./report.ts";

/** What a rehearsal may come to; undefined: anything. */
export interface Limits {
  /** The longest that a lock may be held for which live traffic waits, in ms. */
  readonly maxLockMs?: number | undefined;
  /** The longest that one forward run may take, in ms: on the target, where that is known. */
  readonly maxDurationMs?: number | undefined;
  /** No table may be written anew. */
  readonly noRewrite?: boolean | undefined;
}

/** Each limit, what was measured for it, and whether it held. Pure. */
export function judgeLimits(
  { maxLockMs, maxDurationMs, noRewrite }: Limits,
  seen: {
    readonly steps: readonly (Pick<RehearsedStep, "run" | "migration" | "name" | "rewrites"> & {
      readonly holds: readonly LockHold[];
    })[];
    readonly runs: readonly Pick<RehearsedRun, "name" | "durationMs" | "estimateMs">[];
  },
): readonly Limit[] {
  const limits: Limit[] = [];
  if (maxLockMs !== undefined) {
    const held = seen.steps.map((step) => ({
      what: `${step.run}: ${step.migration}, ${step.name}`,
      ms: Math.round(Math.max(0, ...step.holds.filter(({ mode }) => stopsTraffic(mode)).map(({ heldMs }) => heldMs))),
    }));
    limits.push(atMost("max-lock", maxLockMs, held));
  }
  if (maxDurationMs !== undefined) {
    const forward = seen.runs.filter(({ name }) => name !== "rollback" && name !== "rollback of the drop");
    const took = forward.map(({ name, durationMs, estimateMs }) => ({
      what: name,
      ms: Math.max(durationMs, estimateMs ?? 0),
    }));
    limits.push(atMost("max-duration", maxDurationMs, took));
  }
  if (noRewrite) {
    const by = [
      ...new Set(
        seen.steps.flatMap(({ run, name, rewrites }) => rewrites.map((table) => `${run}: ${table} by ${name}`)),
      ),
    ];
    limits.push({ name: "no-rewrite", limit: 0, measured: by.length, held: by.length === 0, by });
  }
  return limits;
}

function atMost(
  name: Limit["name"],
  limit: number,
  found: readonly { readonly what: string; readonly ms: number }[],
): Limit {
  const over = found.filter(({ ms }) => ms > limit).toSorted((a, b) => b.ms - a.ms);
  const measured = Math.max(0, ...found.map(({ ms }) => ms));
  return { name, limit, measured, held: over.length === 0, by: over.map(({ what, ms }) => `${what} (${ms} ms)`) };
}
