import { setTimeout as sleep } from "node:timers/promises";
import { errorCodeOf, isDatabaseAway } from "../http/database-error.ts";

const mostAttempts = 5;
// Who loses a race lost it to somebody whose write was kept: a crowd gets through one by one.
const mostRaces = 100;

// Serialisation failure, deadlock; the contact was merged away, or made by somebody else, between look-up and write.
const transient = ["40001", "40P01", "23503", "23505"];
// No such index for ON CONFLICT, no such column, a column of another type: the schema is not what it was.
const otherSchema = ["42P10", "42703", "42804"];
// The statement's logarithm: somebody wrote the call between look-up and write.
const lostRace = "2201E";
// A rule, a type or a trigger of their own refuses a value, or that there is none.
const refusedValue = /^22|^23514$|^23502$|^P0001$/;

/** What to do about a failed attempt; waits before it is due. */
export async function nextAttempt(
  error: unknown,
  attempt: number,
): Promise<"give up" | "again" | "read the schema again" | "leave out what is refused"> {
  const state = errorCodeOf(error) ?? "";
  if (state === lostRace) return attempt < mostRaces ? "again" : "give up";
  if (attempt >= mostAttempts) return isRefusal(error) ? "leave out what is refused" : "give up";
  if (otherSchema.includes(state)) return "read the schema again";
  if (isRefusal(error)) return "leave out what is refused";
  // What connects again at once finds the server that took over.
  if (!transient.includes(state) && !(isDatabaseAway(error) && attempt < 3)) return "give up";
  await sleep(20 * 2 ** attempt * Math.random());
  return "again";
}

/** Whether a table refused a value, for reasons of its own. */
export function isRefusal(error: unknown): boolean {
  const state = errorCodeOf(error) ?? "";
  return refusedValue.test(state) && state !== lostRace && state !== "22012";
}

/** Whether the same work may succeed when it is done once more from its beginning. */
export function isTransient(error: unknown): boolean {
  const state = errorCodeOf(error) ?? "";
  return transient.slice(0, 2).includes(state) || isDatabaseAway(error);
}
