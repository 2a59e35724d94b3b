import type { ISql } from "postgres";

/** What the tool keeps of somebody else's rows, and could put back or show. */
export interface KeptData {
  /** Schema-qualified; of a partitioned table each partition by itself. */
  readonly table: string;
  readonly rows: number;
  /** With its indexes. */
  readonly bytes: number;
}

// Where values of calls and contacts lie in 0.1.0's engine, whose tables do not say so themselves, and in what a complete
// rollback leaves.
const firstPlaces = [
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

/**
 * The tables with kept data: those of schema ssot whose comment begins with `personal data:`, and the audit in `public`,
 * where migration 4 made it. Anybody may comment a table of theirs; no other outside of schema ssot is ever taken for ours.
 */
export async function listKeptTables(sql: ISql): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where c.relkind = 'r'
      and (n.nspname = 'ssot' or c.oid = to_regclass('public.deprecated_column_audit') and exists (
        select from pg_catalog.pg_trigger as t join pg_catalog.pg_proc as p on p.oid = t.tgfoid
        where t.tgrelid = c.oid and p.pronamespace = to_regnamespace('ssot')))
      and case when to_regclass('ssot.engine') is null then format('%s.%s', n.nspname, c.relname) = any (${firstPlaces})
               else exists (
                 select from pg_catalog.pg_description as d
                 where d.classoid = 'pg_catalog.pg_class'::regclass and d.objsubid = 0 and d.description ^@ 'personal data:'
                   and (d.objoid = c.oid or d.objoid in (select a.relid from pg_partition_ancestors(c.oid) as a))) end
    order by n.nspname desc, c.relname`;
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
