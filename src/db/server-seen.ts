import type { Target } from "./target.ts";

const seen = new WeakMap<Target, number>();

/** Keeps the version of the server that a session with this target met. */
export function noteServer(target: Target, version: number): void {
  seen.set(target, version);
}

/** The version that the last session with this target met, as PostgreSQL counts it; undefined: there was none. No server is asked. */
export function serverSeen(target: Target): number | undefined {
  return seen.get(target);
}
