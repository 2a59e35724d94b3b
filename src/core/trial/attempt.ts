import type { Connection } from "../../db/connection.ts";
import { sqlStateOf } from "../../db/connection-error.ts";

// SQLSTATEs that say something about the moment or the machine, not about the tables: a time-out, a lock, no room.
const passing = /^(57014|55P03|40|53|58|XX)/;

/** What came of a statement: its last row, or the server's refusal. */
export type Outcome = { readonly row: Readonly<Record<string, unknown>> | undefined } | { readonly refusal: Refusal };

/** What the server said, as far as it holds no values of rows. */
export interface Refusal {
  readonly sqlState: string;
  readonly message: string;
  readonly constraint: string | undefined;
  readonly context: string;
}

/** Whether a refusal would be another one in a minute. */
export function isPassing({ sqlState }: Refusal): boolean {
  return passing.test(sqlState);
}

/**
 * Runs a statement between savepoints, so that a refusal leaves the transaction as it was. `readOnly`: other people's code in it may write
 * to temporary tables alone, and ask no sequence; the transaction itself is not read-only afterwards.
 */
export async function attempt(
  { execute }: Connection,
  statement: string,
  { readOnly }: { readonly readOnly: boolean },
): Promise<Outcome> {
  await execute(`savepoint attempt${readOnly ? "; set transaction read only" : ""}`);
  try {
    const rows = await execute(statement);
    // A statement may have opened the search path of triggers.
    await execute("release savepoint attempt; set local search_path = ''");
    return { row: rows.at(-1) };
  } catch (error) {
    const refusal = refusalOf(error);
    await execute("rollback to savepoint attempt; release savepoint attempt");
    return { refusal };
  }
}

function refusalOf(error: unknown): Refusal {
  const sqlState = sqlStateOf(error);
  if (!(error instanceof Error) || sqlState === undefined) throw error;
  const field = (name: string): string | undefined => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  return { sqlState, message: error.message, constraint: field("constraint_name"), context: field("where") ?? "" };
}
