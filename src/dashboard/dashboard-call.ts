import { formatNumber } from "../phone/format-number.ts";

/** A call as the dashboard lists it. */
export interface DashboardCall {
  readonly id: string;
  readonly contact_id: string | null;
  readonly call_direction: string;
  /** "Unknown" where the call has none. */
  readonly phone_number: string;
  /** For readers: a number in E.164 as its country groups it (+44 20 7946 0958), else `phone_number`. */
  readonly phone_number_formatted: string;
  /** Read live: the contact's name, else the number, else "Unknown". */
  readonly caller_name: string;
  /** Where the name comes from; "call" only where the legacy columns are read. */
  readonly name_source: "contact" | "phone" | "unknown" | "call";
  readonly created_at: Date;
}

/** Rows that were read, with their numbers as readers want them. */
export function formatCalls<Call extends DashboardCall>(rows: readonly Call[]): readonly Call[] {
  return rows.map((row) => Object.assign(row, { phone_number_formatted: formatNumber(row.phone_number) }));
}
