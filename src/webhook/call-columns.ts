import { e164Shape } from "../phone/e164.ts";
import { keypadNumbers } from "../phone/withheld.ts";
import { type CallEvent, callStates } from "./call-event.ts";

/** A column that events write, where calls has it. */
export interface CallColumn {
  readonly name: string;
  readonly type: "text" | "timestamptz" | "integer" | "boolean";
  /** PostgreSQL's category of types that it may have; one of another kind is left alone. */
  readonly category: "S" | "D" | "N" | "B";
  readonly read: (event: CallEvent) => string | number | boolean | Date | null;
  /**
   * What becomes of a stored value and a sent one. It takes one of the two whatever their order, and the same one again:
   * so events may come in any order and any number of times.
   */
  readonly join: (stored: string, sent: string) => string;
}

const greatest = (stored: string, sent: string): string => `greatest(${stored}, ${sent})`;

// A transcript grows, and a recording is missing at first. With a null the comparison is null.
function longer(stored: string, sent: string): string {
  const rank = (text: string): string => `(length(${text}), ${text} collate "C")`;
  return `case when ${rank(stored)} > ${rank(sent)} then ${stored} else coalesce(${sent}, ${stored}) end`;
}

// A state that is not the provider's was set by somebody, and stays.
function later(stored: string, sent: string): string {
  const place = (state: string): string => `array_position('{${callStates.join(",")}}', ${state}::text)`;
  return `case when ${place(sent)} > coalesce(${place(stored)}, case when ${stored} is null then 0 end)
            then ${sent} else ${stored} end`;
}

// A number in E.164 is better than what could not be read, or names nobody.
function readable(stored: string, sent: string): string {
  const isRead = (number: string): string =>
    `${number} ~ '${e164Shape}' and ${number} <> all ('{${keypadNumbers.join(",")}}')`;
  return `case when ${isRead(stored)} then ${stored} when ${isRead(sent)} then ${sent} else ${longer(stored, sent)} end`;
}

/** Columns that every calls table has. What the call's number is, the statement knows. */
export const requiredColumns = {
  // 'outbound' is the greater: an event that does not say is taken for inbound.
  call_direction: greatest,
  phone_number: readable,
} as const;

/** Columns that a calls table may have. */
export const optionalColumns: readonly CallColumn[] = [
  text("call_type", (event) => event.direction, greatest),
  text("status", ({ details }) => details?.status, later),
  time("start_time", ({ details }) => details?.startedAt),
  time("end_time", ({ details }) => details?.endedAt),
  {
    name: "duration_seconds",
    type: "integer",
    category: "N",
    read: ({ details }) => details?.durationSeconds ?? null,
    join: greatest,
  },
  text("recording_url", ({ details }) => details?.recordingUrl),
  text("transcript", ({ details }) => details?.transcript),
  text("outcome_summary", ({ details }) => details?.summary),
  text("sentiment", ({ details }) => details?.sentiment),
  text("sentiment_label", ({ details }) => details?.sentiment),
  {
    name: "is_test_call",
    type: "boolean",
    category: "B",
    read: ({ details }) => details?.isTest ?? false,
    join: (stored, sent) => `coalesce(${stored}, false) or ${sent}`,
  },
];

function text(
  name: string,
  read: (event: CallEvent) => string | null | undefined,
  join: CallColumn["join"] = longer,
): CallColumn {
  return { name, type: "text", category: "S", read: (event) => read(event) ?? null, join };
}

function time(name: string, read: (event: CallEvent) => Date | null | undefined): CallColumn {
  return { name, type: "timestamptz", category: "D", read: (event) => read(event) ?? null, join: greatest };
}
