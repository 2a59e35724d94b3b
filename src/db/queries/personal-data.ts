import type { ISql } from "postgres";

/** What the tool keeps of somebody else's rows, and could put back or show. */
export interface KeptData {
  /** Schema-qualified. */
  readonly table: string;
  readonly rows: number;
  /** With its indexes. */
  readonly bytes: number;
}

// Where values of calls and contacts lie. Not here: ledger, tally, statements that bring objects back, and
// ssot.deprecated_write, which the drop's gate asks and which names columns and roles only.
const places = [
  "ssot.journal_calls_contact_id",
  "ssot.journal_calls_phone_number",
  "ssot.journal_contacts_phone",
  "ssot.journal_contacts_name",
  "ssot.merge_plan",
  "ssot.merge_journal",
  "ssot.contact_quarantine",
  "ssot.dropped_call_columns",
  "ssot.unrestored",
  "ssot.phone_map",
  "ssot.contact_number",
  "ssot.erasure_due",
  "ssot.adopted_column_audit",
  "ssot.deprecated_column_audit",
  "public.deprecated_column_audit",
];

/** The tables with kept data that exist; one in `public` only where migration 4 made it. */
export async function listKeptTables(sql: ISql): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`
    select p.name from unnest(${places}::text[]) with ordinality as p(name, place)
    where to_regclass(p.name) is not null
      and (p.name not like 'public.%' or to_regprocedure('ssot.blank_audit_row()') is not null)
    order by p.place`;
  return rows.map(({ name }) => name);
}

/** How much each of these tables holds, the empty ones left out. */
export async function measureTables(sql: ISql, tables: readonly string[]): Promise<readonly KeptData[]> {
  if (tables.length === 0) return [];
  const counts = tables.map(
    (table, place) => `select ${place} as place, '${table}' as name, count(*) as n from ${table}`,
  );
  const rows = await sql<{ table: string; rows: string; bytes: string }[]>`
    select c.name as table, c.n as rows, pg_total_relation_size(to_regclass(c.name)) as bytes
    from (${sql.unsafe(counts.join(" union all "))}) as c where c.n > 0 order by c.place`;
  return rows.map(({ table, rows: n, bytes }) => ({ table, rows: Number(n), bytes: Number(bytes) }));
}
