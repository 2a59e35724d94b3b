import type { Sql } from "postgres";
import { listPresentTables } from "./present-tables.ts";

/** How many originals lie in ssot.unrestored by now. */
export async function countUnrestored(sql: Sql): Promise<number> {
  if (!(await listPresentTables(sql, ["ssot.unrestored"])).has("ssot.unrestored")) return 0;
  const [row] = await sql<{ n: string }[]>`select count(*) as n from ssot.unrestored`;
  return Number(row?.n ?? 0);
}
