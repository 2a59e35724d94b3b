import type { Sql } from "postgres";

/**
 * Removes what is kept of rows that were deleted while somebody held it. Gives how many deletes still wait; 0 where the
 * tool is not installed.
 */
export async function eraseDueRows(sql: Sql): Promise<number> {
  const [row] = await sql<{ present: boolean }[]>`select to_regprocedure('ssot.erase_due()') is not null as present`;
  if (!row?.present) return 0;
  const [due] = await sql<{ left: string }[]>`select ssot.erase_due() as left`;
  return Number(due?.left ?? 0);
}
