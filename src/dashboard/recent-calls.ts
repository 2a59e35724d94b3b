import type { ISql } from "postgres";
import { type DashboardCall, formatCalls } from "./dashboard-call.ts";
import { readLimit, readOrganisation, refuseUnknown } from "./read-request.ts";
import { explainRead, type SourceOptions, sourceOf } from "./source.ts";

export interface RecentCallsOptions {
  readonly orgId: string;
  /** 1 to 200; 10 where nothing is said. */
  readonly limit?: number | undefined;
}

/** The latest calls of an organisation, newest first. Throws REQUEST_INVALID and CONFIGURATION like `listCalls`. */
export async function recentCalls<Call extends DashboardCall = DashboardCall>(
  sql: ISql,
  options: RecentCallsOptions,
  source: SourceOptions = {},
): Promise<readonly Call[]> {
  refuseUnknown(options, ["orgId", "limit"]);
  const orgId = readOrganisation(options.orgId);
  const limit = readLimit(options.limit ?? 10);
  const { relation, order, columns } = sourceOf(sql, source);
  try {
    const calls = await sql<Call[]>`
      select ${columns} from ${relation} where org_id = ${orgId} order by ${order} limit ${limit}`;
    return formatCalls(calls);
  } catch (error) {
    throw explainRead(error, source);
  }
}
