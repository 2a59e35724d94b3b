import type { Sql } from "postgres";
import type { DashboardCall } from "./dashboard-call.ts";

/** The latest calls of an organisation, newest first. */
export async function recentCalls(
  sql: Sql,
  { orgId, limit }: { readonly orgId: string; readonly limit: number },
): Promise<readonly DashboardCall[]> {
  return sql<DashboardCall[]>`
    select id, coalesce(phone_number, 'Unknown') as phone_number, resolved_caller_name as caller_name, name_source, created_at
    from public.calls_with_caller_names
    where org_id = ${orgId}
    order by created_at desc, id
    limit ${limit}`;
}
