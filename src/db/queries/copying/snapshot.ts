import type { Sql } from "postgres";

/** Lets other sessions look at the same moment, as long as this one's transaction lasts. */
export async function exportSnapshot(sql: Sql): Promise<string> {
  const [row] = await sql<{ id: string }[]>`select pg_catalog.pg_export_snapshot() as id`;
  return row?.id ?? "";
}
