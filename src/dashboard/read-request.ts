import { isOfCalendar } from "../model/calendar.ts";
import { SsotError } from "../model/errors.ts";
import { isUuid } from "../model/uuid.ts";

export interface CallFilters {
  readonly direction?: "inbound" | "outbound" | undefined;
  /** true: calls whose caller's name is known; false: the others. */
  readonly named?: boolean | undefined;
  /** Calls of this moment or later: a Date, or a date (its beginning in UTC) or moment with zone in ISO 8601. */
  readonly from?: Date | string | undefined;
  /** Calls before this moment, written like `from`. */
  readonly to?: Date | string | undefined;
}

export interface ListCallsOptions extends CallFilters {
  readonly orgId: string;
  /** From 1 on; 1 where nothing is said. */
  readonly page?: number | undefined;
  /** 1 to 200; 50 where nothing is said. */
  readonly limit?: number | undefined;
  /**
   * Part of a number in any spelling, or of a shown name in any case, 200 characters at most; `%` and `_` are text, and
   * white space around it counts for nothing.
   */
  readonly search?: string | undefined;
}

export interface ListRequest {
  readonly orgId: string;
  readonly page: number;
  readonly limit: number;
  readonly offset: number;
  /** Null: everything. */
  readonly search: string | null;
  readonly direction: string | null;
  readonly named: boolean | null;
  readonly from: Date | null;
  readonly to: Date | null;
}

const mostCalls = 200;
const mostCharacters = 200;
const moment = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;

/** What is asked for, with the defaults filled in. Throws REQUEST_INVALID, naming the field and never its value. */
export function readListRequest(options: ListCallsOptions): ListRequest {
  refuseUnknown(options, ["orgId", "page", "limit", "search", "direction", "named", "from", "to"]);
  const { page = 1, search = "", direction = null, named = null } = options;
  const limit = readLimit(options.limit ?? 50);
  const offset = (page - 1) * limit;
  if (!Number.isSafeInteger(page) || page < 1 || !Number.isSafeInteger(offset))
    throw invalid("page", "a whole number from 1 on");
  if (typeof search !== "string" || search.includes("\0") || [...search].length > mostCharacters)
    throw invalid("search", `text of at most ${mostCharacters} characters, without NUL`);
  if (direction !== null && direction !== "inbound" && direction !== "outbound")
    throw invalid("direction", "inbound or outbound");
  if (named !== null && typeof named !== "boolean") throw invalid("named", "true or false");
  const [from, to] = [readMoment("from", options.from), readMoment("to", options.to)];
  if (from !== null && to !== null && from > to) throw invalid("from", "a moment that is not after `to`");
  const sought = search.trim();
  return {
    orgId: readOrganisation(options.orgId),
    page,
    limit,
    offset,
    search: sought === "" ? null : sought,
    direction,
    named,
    from,
    to,
  };
}

/** A number of calls. Throws REQUEST_INVALID unless it is a whole number from 1 to 200. */
export function readLimit(limit: number): number {
  if (Number.isInteger(limit) && limit >= 1 && limit <= mostCalls) return limit;
  throw invalid("limit", `a whole number from 1 to ${mostCalls}`);
}

/** An organisation's id. Throws REQUEST_INVALID unless it is a UUID. */
export function readOrganisation(orgId: string): string {
  if (isUuid(orgId)) return orgId;
  throw invalid("orgId", "a UUID");
}

/** Throws REQUEST_INVALID for what nobody would read: a misspelt filter would show everything. */
export function refuseUnknown(given: object, known: readonly string[]): void {
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    throw invalid(/^[\w.-]{1,60}$/.test(name) ? name : "a parameter", `one of ${known.join(", ")}`);
  }
}

/** The error of a field that is not what it should be. */
export function invalid(field: string, expected: string): SsotError {
  return new SsotError("REQUEST_INVALID", `${field}: expected ${expected}`);
}

function readMoment(field: string, value: Date | string | undefined): Date | null {
  if (value === undefined) return null;
  const date = new Date(value);
  const readable = typeof value === "string" ? moment.test(value) && isOfCalendar(value) : value instanceof Date;
  // What PostgreSQL and JavaScript both can write; a date that is none has no year.
  if (readable && date.getUTCFullYear() >= 1 && date.getUTCFullYear() <= 9999) return date;
  throw invalid(field, "a date, or a moment with its zone, in ISO 8601");
}
