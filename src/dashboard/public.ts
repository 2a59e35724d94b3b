/** The dashboard's reads. Published as `ssot/dashboard`; loads nothing of the command. */

export type { Logger } from "../http/logger.ts";
export { type ErrorCode, SsotError } from "../model/errors.ts";
export { type CallsDashboard, type CallsDashboardOptions, createCallsDashboard } from "./create-calls-dashboard.ts";
export type { DashboardCall } from "./dashboard-call.ts";
export type { CallsPage } from "./list-calls.ts";
export type { CallFilters, ListCallsOptions } from "./read-request.ts";
export type { RecentCallsOptions } from "./recent-calls.ts";
export type { NameResolution } from "./source.ts";
