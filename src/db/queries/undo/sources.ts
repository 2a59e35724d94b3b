import type { Sql } from "postgres";
import { listPresentTables } from "./present-tables.ts";

/** How many contacts have a source in a column that the migration made, which goes with it; null where it made none. */
export async function countContactSources(sql: Sql, migration: string): Promise<number | null> {
  if (!(await listPresentTables(sql, ["ssot.object"])).has("ssot.object")) return null;
  const made = await sql`
    select o.name from ssot.object as o
    join pg_catalog.pg_attribute as a on a.attrelid = to_regclass('public.contacts') and a.attname = 'source' and not a.attisdropped
    where o.migration = ${migration} and o.kind = 'column' and o.name = 'contacts.source' and o.outcome = 'created'`;
  if (made.length === 0) return null;
  const [row] = await sql<{ n: string }[]>`select count(k.source) as n from public.contacts as k`;
  return Number(row?.n ?? 0);
}
