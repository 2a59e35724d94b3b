import { setTimeout as sleep } from "node:timers/promises";
import { errorCodeOf, isDatabaseAway } from "../http/database-error.ts";

const mostAttempts = 5;

// Serialisation failure, deadlock; the contact was merged away, or made by somebody else, between look-up and write.
const transient = ["40001", "40P01", "23503", "23505"];
// No such index for ON CONFLICT, no such column, a column of another type: the schema is not what it was.
const otherSchema = ["42P10", "42703", "42804"];
// A rule or type of their own refuses a value.
const refusedValue = /^22|^23514$/;

/** What to do about a failed attempt; waits before it is due. */
export async function nextAttempt(
  error: unknown,
  attempt: number,
): Promise<"give up" | "again" | "read the schema again" | "leave out the details" | "leave out the name"> {
  const state = errorCodeOf(error) ?? "";
  if (attempt >= mostAttempts) return "give up";
  if (otherSchema.includes(state)) return "read the schema again";
  if (refusedValue.test(state)) return tableOf(error) === "contacts" ? "leave out the name" : "leave out the details";
  // What connects again at once finds the server that took over.
  if (!transient.includes(state) && !(isDatabaseAway(error) && attempt < 3)) return "give up";
  await sleep(20 * 2 ** attempt * Math.random());
  return "again";
}

function tableOf(error: unknown): unknown {
  return error instanceof Error && "table_name" in error ? error.table_name : undefined;
}
