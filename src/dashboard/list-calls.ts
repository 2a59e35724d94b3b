import type { Sql } from "postgres";
import type { DashboardCall } from "./dashboard-call.ts";

export interface CallsPage {
  readonly calls: readonly DashboardCall[];
  /** Calls of all pages. */
  readonly total: number;
  readonly page: number;
  readonly limit: number;
}

export interface ListCallsOptions {
  readonly orgId: string;
  /** From 1 on. */
  readonly page: number;
  readonly limit: number;
  /** Part of a number or of a shown name, any case; `%` and `_` are text. */
  readonly search?: string | undefined;
}

/** One page of an organisation's calls, newest first, with the exact number of all. */
export async function listCalls(sql: Sql, { orgId, page, limit, search }: ListCallsOptions): Promise<CallsPage> {
  const matching =
    search === undefined || search === ""
      ? sql``
      : sql`and (phone_number ilike ${patternOf(search)} or resolved_caller_name ilike ${patternOf(search)})`;
  const calls = await sql<DashboardCall[]>`
    select id, coalesce(phone_number, 'Unknown') as phone_number, resolved_caller_name as caller_name, name_source, created_at
    from public.calls_with_caller_names
    where org_id = ${orgId} ${matching}
    order by created_at desc, id
    limit ${limit} offset ${(page - 1) * limit}`;
  // The view adds no call and hides none: without a search, the table alone tells how many there are.
  const [count] =
    search === undefined || search === ""
      ? await sql<{ total: string }[]>`select count(*) as total from public.calls where org_id = ${orgId}`
      : await sql<{ total: string }[]>`
          select count(*) as total from public.calls_with_caller_names where org_id = ${orgId} ${matching}`;
  return { calls, total: Number(count?.total ?? 0), page, limit };
}

function patternOf(search: string): string {
  return `%${search.replace(/[\\%_]/g, "\\$&")}%`;
}
