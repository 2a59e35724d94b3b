import type { Sql } from "postgres";
import { listDeprecatedColumns } from "./deprecated-columns.ts";

/** How many values the columns hold that a migration deprecated: what a drop would keep. */
export async function countDeprecatedValues(sql: Sql, migration: string): Promise<number> {
  const columns = (await listDeprecatedColumns(sql)).filter((each) => each.migration === migration && each.present);
  const [first] = columns;
  if (first === undefined) return 0;
  const counts = columns.map(({ column }, place) => sql`${place === 0 ? sql`` : sql` + `} count(${sql(column)})`);
  const [row] = await sql<{ n: string }[]>`select ${counts} as n from ${sql(first.schema)}.${sql(first.table)}`;
  return Number(row?.n ?? 0);
}
