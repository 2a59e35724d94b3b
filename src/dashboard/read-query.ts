import { invalid, type ListCallsOptions, refuseUnknown } from "./read-request.ts";
import type { RecentCallsOptions } from "./recent-calls.ts";

/** Parameters that the host's own code reads. */
type Further = readonly string[];

/** The options of `listCalls` from a query string. Throws REQUEST_INVALID. */
export function readListQuery(query: URLSearchParams, further: Further): Omit<ListCallsOptions, "orgId"> {
  refuseOthers(query, ["page", "limit", "search", "direction", "named", "from", "to"], further);
  return {
    page: readWholeNumber(query, "page"),
    limit: readWholeNumber(query, "limit"),
    search: textOf(query, "search"),
    direction: readWord(query, "direction", ["inbound", "outbound"]),
    named: readFlag(query, "named"),
    from: textOf(query, "from"),
    to: textOf(query, "to"),
  };
}

/** The options of `recentCalls` from a query string. Throws REQUEST_INVALID. */
export function readRecentQuery(query: URLSearchParams, further: Further): Omit<RecentCallsOptions, "orgId"> {
  refuseOthers(query, ["limit"], further);
  return { limit: readWholeNumber(query, "limit") };
}

function refuseOthers(query: URLSearchParams, known: readonly string[], further: Further): void {
  refuseUnknown(Object.fromEntries([...query].filter(([name]) => !further.includes(name))), known);
  const twice = known.find((name) => query.getAll(name).length > 1);
  if (twice !== undefined) throw invalid(twice, "it once");
}

function readWholeNumber(query: URLSearchParams, field: string): number | undefined {
  const text = textOf(query, field);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw invalid(field, "a whole number");
  return Number(text);
}

function readFlag(query: URLSearchParams, field: string): boolean | undefined {
  const word = readWord(query, field, ["true", "false"]);
  return word === undefined ? undefined : word === "true";
}

function readWord<Word extends string>(
  query: URLSearchParams,
  field: string,
  words: readonly Word[],
): Word | undefined {
  const text = textOf(query, field);
  if (text === undefined) return undefined;
  const word = words.find((one) => one === text);
  if (word === undefined) throw invalid(field, words.join(" or "));
  return word;
}

// An empty field of a form is one that was not filled in.
function textOf(query: URLSearchParams, field: string): string | undefined {
  return query.get(field) || undefined;
}
