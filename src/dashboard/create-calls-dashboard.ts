import type { ISql } from "postgres";
import { answer, errorAnswer } from "../http/answer.ts";
import type { Logger } from "../http/logger.ts";
import { SsotError } from "../model/errors.ts";
import { isUuid } from "../model/uuid.ts";
import { answerError } from "./answers.ts";
import { checkOptions } from "./check-options.ts";
import type { DashboardCall } from "./dashboard-call.ts";
import { type CallsPage, listCalls } from "./list-calls.ts";
import { readListQuery, readRecentQuery } from "./read-query.ts";
import type { ListCallsOptions } from "./read-request.ts";
import { type RecentCallsOptions, recentCalls } from "./recent-calls.ts";
import { checkColumns, type NameResolution } from "./source.ts";

export interface CallsDashboardOptions<Column extends string = never> {
  readonly sql: ISql;
  /** The organisation whose calls the sender may see; null: nobody's. Without it `fetch` answers 401. */
  readonly authorize?: (request: Request) => string | null | Promise<string | null>;
  /** "legacy": reads the frozen names of the deprecated columns, while they exist. "live" where nothing is said. */
  readonly nameResolution?: NameResolution;
  /** Further columns of calls that a row shall have. */
  readonly columns?: readonly Column[];
  /** Parameters of a query string that `fetch` leaves to the host. Any other that it does not know is refused. */
  readonly otherParameters?: readonly string[];
  readonly logger?: Pick<Logger, "error">;
}

export interface CallsDashboard<Call extends DashboardCall = DashboardCall> {
  /** One page, newest first, with the exact number of all. Throws a SsotError: REQUEST_INVALID, CONFIGURATION. */
  listCalls(options: ListCallsOptions): Promise<CallsPage<Call>>;
  /** The latest calls, newest first. Throws like `listCalls`. */
  recentCalls(options: RecentCallsOptions): Promise<readonly Call[]>;
  /** Answers `GET …/api/calls-dashboard` and `GET …/api/calls-dashboard/recent`, mounted wherever. Never throws. */
  fetch(request: Request): Promise<Response>;
}

/**
 * The dashboard's reads over a database. Opens no connection. Throws CONFIGURATION for columns that cannot be read and for
 * options that it does not know.
 */
export function createCallsDashboard<const Column extends string = never>(
  options: CallsDashboardOptions<Column>,
): CallsDashboard<DashboardCall & Readonly<Record<Column, unknown>>> {
  type Call = DashboardCall & Readonly<Record<Column, unknown>>;
  checkOptions(options);
  const { sql, authorize, nameResolution, otherParameters = [], logger } = options;
  const source = { nameResolution, columns: checkColumns(options.columns ?? []) };
  const dashboard = {
    listCalls: (request: ListCallsOptions) => listCalls<Call>(sql, request, source),
    recentCalls: (request: RecentCallsOptions) => recentCalls<Call>(sql, request, source),
  };

  async function answerRequest(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const [path, recent] = /\/api\/calls-dashboard(\/recent)?\/?$/.exec(pathname) ?? [];
    if (path === undefined) return errorAnswer(404, "NOT_FOUND", "there is nothing here");
    if (request.method !== "GET") return errorAnswer(405, "METHOD_NOT_ALLOWED", "expected GET", { allow: "GET" });
    const orgId = (await authorize?.(request)) ?? null;
    if (orgId === null) return errorAnswer(401, "UNAUTHENTICATED", "expected a known sender");
    if (!isUuid(orgId)) throw new SsotError("CONFIGURATION", "authorize gave no UUID of an organisation");
    if (recent === undefined)
      return answer(200, await dashboard.listCalls({ orgId, ...readListQuery(searchParams, otherParameters) }));
    const calls = await dashboard.recentCalls({ orgId, ...readRecentQuery(searchParams, otherParameters) });
    return answer(200, { calls });
  }

  return {
    ...dashboard,
    fetch: (request) => answerRequest(request).catch((error: unknown) => answerError(error, logger)),
  };
}
