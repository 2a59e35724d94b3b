import { randomInt, randomUUID } from "node:crypto";
import type { CallEvent } from "../src/webhook/call-event.ts";

/** What a probe's caller is called. */
export const probeName = "Ssot Verify";

/**
 * An inbound call from a number that nobody has: country code 999 is not assigned. Every run takes another one, so that
 * two of them never wait for each other.
 */
export function probeCall(orgId: string, n: number, changes: Partial<CallEvent> = {}): CallEvent {
  return {
    orgId,
    country: "US",
    vapiCallId: `ssot-verify-${randomUUID()}`,
    direction: "inbound",
    number: `+999${run}${n}`,
    name: probeName,
    leadScore: 50,
    leadStatus: "warm",
    ...changes,
  };
}

const run = String(randomInt(100_000, 1_000_000));
