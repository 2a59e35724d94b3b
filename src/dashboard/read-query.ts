import { invalid, type ListCallsOptions } from "./read-request.ts";

/** The options of `listCalls` from a query string. Throws REQUEST_INVALID; what it does not know it leaves alone. */
export function readListQuery(query: URLSearchParams): Omit<ListCallsOptions, "orgId"> {
  return {
    page: readWholeNumber(query, "page"),
    limit: readWholeNumber(query, "limit"),
    search: query.get("search") ?? undefined,
    direction: readDirection(query),
    from: textOf(query, "from"),
    to: textOf(query, "to"),
  };
}

/** A whole number of a query string; undefined where it is not there. Throws REQUEST_INVALID. */
export function readWholeNumber(query: URLSearchParams, field: string): number | undefined {
  const text = textOf(query, field);
  if (text === undefined) return undefined;
  if (!/^\d{1,15}$/.test(text)) throw invalid(field, "a whole number");
  return Number(text);
}

function readDirection(query: URLSearchParams): "inbound" | "outbound" | undefined {
  const text = textOf(query, "direction");
  if (text === undefined || text === "inbound" || text === "outbound") return text;
  throw invalid("direction", "inbound or outbound");
}

// An empty field of a form is one that was not filled in.
function textOf(query: URLSearchParams, field: string): string | undefined {
  return query.get(field) || undefined;
}
