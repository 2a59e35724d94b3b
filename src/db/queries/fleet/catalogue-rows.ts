import type { Sql } from "postgres";

/** A row of a list of targets, as somebody's query gives it. */
export type CatalogueRow = Readonly<Record<string, unknown>>;

/** Asks somebody's query, by a cursor: a text of several statements would be sent as such, and could end its transaction. */
export async function listCatalogueRows(sql: Sql, query: string): Promise<readonly CatalogueRow[]> {
  const rows: CatalogueRow[] = [];
  for await (const portion of sql.unsafe<CatalogueRow[]>(query).cursor(1000)) rows.push(...portion);
  return rows;
}
