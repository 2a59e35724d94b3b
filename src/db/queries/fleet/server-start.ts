import type { Sql } from "postgres";

/**
 * When the server that answers was started, to the microsecond. A branch, a standby and a restored backup have the identity of what
 * they were copied from, and a start of their own.
 */
export async function readServerStart(sql: Sql): Promise<string> {
  const [row] = await sql<{ started: string }[]>`select pg_postmaster_start_time()::text as started`;
  return row?.started ?? "";
}
