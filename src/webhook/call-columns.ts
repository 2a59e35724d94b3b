import { e164Shape } from "../phone/e164.ts";
import { keypadNumbers } from "../phone/withheld.ts";
import { type CallEvent, callStates } from "./call-event.ts";

export type CallValue = string | number | boolean | Date | null;

/** A column that events write, where calls has it. */
export interface CallColumn {
  /** As the tables of `ssot` call it; hosts may map it to another name. */
  readonly key: string;
  /** As calls calls it. */
  readonly name: string;
  readonly type: "text" | "timestamptz" | "integer" | "numeric" | "boolean" | "text[]";
  /** PostgreSQL's categories of types that it may have; one of another kind is left alone. E is cast to. */
  readonly categories: string;
  readonly read: (event: CallEvent) => CallValue;
  /**
   * What becomes of a stored value and a sent one. It takes one of the two whatever their order, and the same one again:
   * so events may come in any order and any number of times.
   */
  readonly join: (stored: string, sent: string) => string;
  /** What a new row gets; what was sent where nothing is said. */
  readonly insert?: (sent: string) => string;
  /** No call can be without it. */
  readonly required?: boolean;
}

const greatest = (stored: string, sent: string): string => `greatest(${stored}, ${sent})`;
const least = (stored: string, sent: string): string => `least(${stored}, ${sent})`;

// A transcript grows, and a recording is missing at first. With a null the comparison is null.
function longer(stored: string, sent: string): string {
  const rank = (text: string): string => `(length(${text}), ${text} collate "C")`;
  return `case when ${rank(stored)} > ${rank(sent)} then ${stored} else coalesce(${sent}, ${stored}) end`;
}

/**
 * The later of two states, by their words in the order of a call, or else by their former words. One that is none of them was set by
 * somebody, and stays.
 */
export function later(words: readonly string[], former: readonly string[] = []): CallColumn["join"] {
  const placeIn = (list: readonly string[], state: string): string =>
    `array_position(array[${list.map((word) => `'${word.replaceAll("'", "''")}'`).join(",")}], ${state}::text)`;
  const place = (state: string): string =>
    former.length === 0 ? placeIn(words, state) : `coalesce(${placeIn(words, state)}, ${placeIn(former, state)})`;
  return (stored, sent) =>
    `case when ${place(sent)} > coalesce(${place(stored)}, case when ${stored} is null then 0 end) then ${sent} else ${stored} end`;
}

// Whether what was sent takes the place of what is stored, by the rules above. Where one is null the comparison is.
const isGreater = (stored: string, sent: string): string => exceeding(`${sent} > ${stored}`, stored, sent);
const isLess = (stored: string, sent: string): string => exceeding(`${sent} < ${stored}`, stored, sent);
const isLonger = (stored: string, sent: string): string =>
  exceeding(`(length(${sent}), ${sent} collate "C") > (length(${stored}), ${stored} collate "C")`, stored, sent);

function exceeding(comparison: string, stored: string, sent: string): string {
  return `coalesce(${comparison}, ${stored} is null and ${sent} is not null)`;
}

const exceedsOf = new Map<CallColumn["join"], CallColumn["join"]>([
  [greatest, isGreater],
  [least, isLess],
  [longer, isLonger],
]);

/** Whether an event changes a column, in SQL. */
export function changes({ join }: Pick<CallColumn, "join">, stored: string, sent: string): string {
  return exceedsOf.get(join)?.(stored, sent) ?? `(${join(stored, sent)}) is distinct from ${stored}`;
}

// A number in E.164 is better than what could not be read, or names nobody.
function readable(stored: string, sent: string): string {
  const isRead = (number: string): string =>
    `${number} ~ '${e164Shape}' and ${number} <> all ('{${keypadNumbers.join(",")}}')`;
  return `case when ${isRead(stored)} then ${stored} when ${isRead(sent)} then ${sent} else ${longer(stored, sent)} end`;
}

/** Columns that every calls table has. What the call's number is, the statement knows. */
export const requiredColumns: readonly CallColumn[] = [
  // 'outbound' is the greater: an event that does not say is taken for inbound.
  { ...text("call_direction", (event) => event.direction, greatest), required: true },
  text("phone_number", () => null, readable),
];

/** Columns that a calls table may have. */
export const optionalColumns: readonly CallColumn[] = [
  text("call_type", (event) => event.direction, greatest),
  text("direction", (event) => event.direction, greatest),
  text("status", ({ details }) => details?.status, later(callStates)),
  {
    // Without a time of its own it is what it always was: the moment of the insert. Nothing lies in the future.
    ...time("created_at", ({ details }) => details?.createdAt, least),
    insert: (sent) => `least(${sent}, now())`,
  },
  time("start_time", ({ details }) => details?.startedAt, least),
  time("end_time", ({ details }) => details?.endedAt, greatest),
  number("duration_seconds", "integer", ({ details }) => details?.durationSeconds),
  text("ended_reason", ({ details }) => details?.endedReason, greatest),
  number("cost", "numeric", ({ details }) => details?.cost),
  text("call_sid", ({ details }) => details?.carrierCallId, greatest),
  text("to_number", ({ details }) => details?.calledNumber, greatest),
  text("recording_url", ({ details }) => details?.recordingUrl),
  text("transcript", ({ details }) => details?.transcript),
  text("outcome_summary", ({ details }) => details?.summary),
  text("sentiment", ({ details }) => details?.sentiment),
  text("sentiment_label", ({ details }) => details?.sentiment),
  {
    ...column("is_test_call", "boolean", "B", ({ details }) => details?.isTest ?? false),
    join: (stored, sent) => `coalesce(${stored}, false) or ${sent}`,
  },
  {
    ...column("taken_events", "text[]", "A", ({ fingerprint }) => fingerprint),
    join: (stored, sent) =>
      `case when ${stored} @> ${sent} then ${stored} else coalesce(${stored} || ${sent}, ${sent}, ${stored}) end`,
  },
];

function column(
  key: string,
  type: CallColumn["type"],
  categories: string,
  read: (event: CallEvent) => CallValue | undefined,
): CallColumn {
  return { key, name: key, type, categories, read: (event) => read(event) ?? null, join: greatest };
}

function text(
  key: string,
  read: (event: CallEvent) => string | null | undefined,
  join: CallColumn["join"] = longer,
): CallColumn {
  return { ...column(key, "text", "SE", read), join };
}

function time(key: string, read: (event: CallEvent) => Date | null | undefined, join: CallColumn["join"]): CallColumn {
  return { ...column(key, "timestamptz", "D", read), join };
}

function number(
  key: string,
  type: "integer" | "numeric",
  read: (event: CallEvent) => number | null | undefined,
): CallColumn {
  return column(key, type, "N", read);
}
