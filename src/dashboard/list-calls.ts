import type { ISql } from "postgres";
import { type DashboardCall, formatCalls } from "./dashboard-call.ts";
import { type ListCallsOptions, type ListRequest, readListRequest } from "./read-request.ts";
import { patternOf, searchByIndex } from "./search.ts";
import { searchTerms } from "./search-terms.ts";
import { explainRead, type SourceOptions, sourceOf } from "./source.ts";

export interface CallsPage<Call extends DashboardCall = DashboardCall> {
  readonly calls: readonly Call[];
  /** Calls of all pages. */
  readonly total: number;
  readonly page: number;
  readonly limit: number;
}

/**
 * One page of an organisation's calls, newest first, with the exact number of all. Throws REQUEST_INVALID for options
 * out of range, and CONFIGURATION where the view or a column is missing.
 */
export async function listCalls<Call extends DashboardCall = DashboardCall>(
  sql: ISql,
  options: ListCallsOptions,
  source: SourceOptions = {},
): Promise<CallsPage<Call>> {
  const request = readListRequest(options);
  const { page, limit } = request;
  try {
    const found = source.nameResolution === "legacy" ? undefined : await searchByIndex(sql, request);
    if (found === undefined) return { ...(await readPage<Call>(sql, request, source)), page, limit };
    const calls = found.ids === "" ? [] : await readFound<Call>(sql, request, found.ids, source);
    return { calls, total: found.total, page, limit };
  } catch (error) {
    throw explainRead(error, source);
  }
}

async function readPage<Call extends DashboardCall>(
  sql: ISql,
  { orgId, search, direction, named, from, to, limit, offset }: ListRequest,
  source: SourceOptions,
): Promise<{ readonly calls: readonly Call[]; readonly total: number }> {
  const { relation, order, columns, matches, isNamed } = sourceOf(sql, source);
  const matching = search === null ? sql`` : sql`and ${matches(searchTerms(search).map(patternOf))}`;
  const filters = sql`
    ${named === null ? sql`` : named ? sql`and ${isNamed}` : sql`and (${isNamed}) is not true`}
    ${direction === null ? sql`` : sql`and call_direction = ${direction}`}
    ${from === null ? sql`` : sql`and created_at >= ${from}`} ${to === null ? sql`` : sql`and created_at < ${to}`}`;
  const calls = await sql<Call[]>`
    select ${columns} from ${relation} where org_id = ${orgId} ${filters} ${matching}
    order by ${order} limit ${limit} offset ${offset}`;
  // The view adds no call and hides none: where no name is asked about, the table alone tells how many there are.
  const counted = search === null && named === null ? sql`public.calls` : relation;
  const [count] = await sql<{ total: string }[]>`
    select count(*) as total from ${counted} where org_id = ${orgId} ${filters} ${matching}`;
  return { calls: formatCalls(calls), total: Number(count?.total ?? 0) };
}

async function readFound<Call extends DashboardCall>(
  sql: ISql,
  { orgId }: ListRequest,
  ids: string,
  source: SourceOptions,
): Promise<readonly Call[]> {
  const { relation, order, columns } = sourceOf(sql, source);
  const calls = await sql<Call[]>`
    select ${columns} from ${relation} where org_id = ${orgId} and id = any (string_to_array(${ids}, ',')::uuid[])
    order by ${order}`;
  return formatCalls(calls);
}
