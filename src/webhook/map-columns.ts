import { SsotError } from "../model/errors.ts";
import { type CallColumn, later, optionalColumns } from "./call-columns.ts";
import { type CallState, callStates } from "./call-event.ts";

/** How a host's tables differ from those that `ssot` knows. */
export interface ColumnOptions {
  /** Other names of columns of calls, `{ transcript: "transcript_text" }`; null: that one is not written. */
  readonly columns?: Readonly<Record<string, string | null>> | undefined;
  /** Other words for states, `{ ended: "completed" }`; null: that state is not written. */
  readonly states?: Readonly<Partial<Record<CallState, string | null>>> | undefined;
}

// What names a row, its organisation and its contact, and what nobody writes any more.
const kept = [
  "id",
  "org_id",
  "vapi_call_id",
  "contact_id",
  "call_direction",
  "phone_number",
  "updated_at",
  "caller_name",
  "from_number",
];
const longestName = 63;
const longestWord = 100;

/** The columns that events write, by a host's names and words. Throws CONFIGURATION. */
export function mapColumns({ columns = {}, states = {} }: ColumnOptions): readonly CallColumn[] {
  refuseColumns(columns);
  refuseStates(states);
  return optionalColumns.flatMap((column): readonly CallColumn[] => {
    const name = columns[column.key];
    if (name === null) return [];
    const named = { ...column, name: name ?? column.name };
    return [column.key === "status" ? withStates(named, states) : named];
  });
}

// A word of a row that was written before the words were others still has its place.
function withStates(column: CallColumn, states: NonNullable<ColumnOptions["states"]>): CallColumn {
  const wordOf = (state: CallState): string | null => (states[state] === undefined ? state : states[state]);
  const read: CallColumn["read"] = (event) => {
    const state = callStates.find((known) => known === column.read(event));
    return state === undefined ? null : wordOf(state);
  };
  return {
    ...column,
    read,
    join: later(
      callStates.map((state) => wordOf(state) ?? state),
      callStates,
    ),
  };
}

function refuseColumns(columns: Readonly<Record<string, unknown>>): void {
  const known = optionalColumns.map(({ key }) => key);
  for (const [key, name] of Object.entries(columns)) {
    if (!known.includes(key)) throw wrong(`columns: ${key} is not written; known are ${known.join(", ")}`);
    if (name === null) continue;
    if (typeof name !== "string" || name === "" || name.length > longestName || name.includes("\u0000")) {
      throw wrong(`columns: ${key} needs the name of a column, or null`);
    }
    if (kept.includes(name)) throw wrong(`columns: ${key} cannot be written to ${name}`);
  }
  const names = known.map((key) => columns[key] ?? key).filter((_, n) => columns[known[n] ?? ""] !== null);
  const twice = names.find((name, n) => names.indexOf(name) !== n);
  if (twice !== undefined) throw wrong(`columns: ${String(twice)} would be written twice`);
}

function refuseStates(states: Readonly<Record<string, unknown>>): void {
  for (const [state, word] of Object.entries(states)) {
    if (!callStates.some((known) => known === state))
      throw wrong(`states: ${state} is none; known are ${callStates.join(", ")}`);
    const fits =
      word === null ||
      (typeof word === "string" &&
        word !== "" &&
        word.length <= longestWord &&
        !word.includes("\\") &&
        !word.includes("\u0000"));
    if (!fits) throw wrong(`states: ${state} needs a word, or null`);
  }
}

function wrong(message: string): SsotError {
  return new SsotError("CONFIGURATION", message);
}
