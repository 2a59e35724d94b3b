import type { Sql } from "postgres";
import { quoteName } from "./quote.ts";

/** Keeps rows of a table, or of all its parts, under numbers from 1, for others to reference; tells how many. The session's own. */
export async function numberRows(
  sql: Sql,
  place: string,
  { table, columns }: { readonly table: string; readonly columns: readonly string[] },
): Promise<number> {
  const name = `pg_temp.${quoteName(place)}`;
  await sql.unsafe(`
    drop table if exists ${name};
    create temporary table ${quoteName(place)} as
    select row_number() over () as place${columns.map((column) => `, r.${quoteName(column)}`).join("")} from ${table} as r`);
  await sql.unsafe(`analyze ${name}`);
  const [row] = await sql.unsafe<{ n: string }[]>(`select count(*)::text as n from ${name}`);
  return Number(row?.n ?? 0);
}

/** Inserts rows as a statement says that was made for it; tells how many. */
export async function insertGenerated(sql: Sql, statement: string): Promise<number> {
  return (await sql.unsafe(statement)).count;
}
