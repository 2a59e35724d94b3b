import type { Sql } from "postgres";
import { createVapiWebhook, type VapiWebhook } from "../../src/webhook/vapi-webhook.ts";

/** One connection of an application, with what its code keeps between requests. */
export interface Lane {
  readonly sql: Sql;
  /** Of the server's process. */
  readonly pid: number;
  readonly webhook: VapiWebhook;
  /** Which names the dashboard reads: live ones where the view is there. */
  names: "live" | "legacy";
  /** Whether the session has prepared its `select *`. */
  prepared: boolean;
  /** How often PostgreSQL refused to run that plan because the columns were others. */
  changedResults: number;
}

export async function openLane(sql: Sql): Promise<Lane> {
  const [row] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  return {
    sql,
    pid: row?.pid ?? 0,
    webhook: createVapiWebhook({
      sql,
      // The sender of these events says in their metadata whose they are.
      resolveOrganization: ({ message }) => message.call?.assistantId ?? null,
      authenticate: "none",
      logger: { info() {}, warn() {}, error() {} },
    }),
    names: "live",
    prepared: false,
    changedResults: 0,
  };
}
