import type { PendingQuery, Row, Sql } from "postgres";
import type { DeprecatedColumn } from "../../model/deprecated-column.ts";

/** A table of audited writes: the mission's, which its drop moves to schema ssot, and the engine's own, for all other tables. */
export type AuditTable = "public.deprecated_column_audit" | "ssot.deprecated_column_audit" | "ssot.column_audit";

/** Those that there are. */
export async function findAudits(sql: Sql): Promise<readonly AuditTable[]> {
  const rows = await sql<{ name: AuditTable }[]>`
    select a.name
    from unnest('{public.deprecated_column_audit,ssot.deprecated_column_audit,ssot.column_audit}'::text[]) with ordinality as a(name, place)
    where to_regclass(a.name) is not null
      and (a.name <> 'ssot.deprecated_column_audit' or to_regclass('public.deprecated_column_audit') is null)
    order by a.place`;
  return rows.map(({ name }) => name);
}

/** Which audited writes. */
interface Wanted {
  readonly since: Date;
  /** Of these columns alone; undefined: of all. */
  readonly columns?: readonly Pick<DeprecatedColumn, "relation" | "column">[] | undefined;
}

/**
 * Audited writes of all these tables, as a subquery: relation, column_name, row_key, org_id, operation, seen, role_name, application_name,
 * statement, detected_at, id.
 */
export function auditedWrites(
  sql: Sql,
  audits: readonly AuditTable[],
  { since, columns }: Wanted,
): PendingQuery<Row[]> {
  const of = (audit: AuditTable): PendingQuery<Row[]> => sql`
    select ${audit === "ssot.column_audit" ? sql`a.relation, a.row_key` : sql`'public.' || a.table_name as relation, jsonb_build_object('id', a.call_id) as row_key`},
           a.column_name, a.org_id, a.operation, a.seen, a.role_name, a.application_name, a.statement, a.detected_at, a.id
    from ${sql(audit)} as a where a.detected_at >= ${since}`;
  const none = sql`
    select null::text as relation, null::jsonb as row_key, null::text as column_name, null::uuid as org_id, null::text as operation, null::text as seen,
           null::text as role_name, null::text as application_name, null::text as statement, null::timestamptz as detected_at, null::uuid as id where false`;
  const all = audits.reduce((before, audit) => sql`${before} union all ${of(audit)}`, none);
  if (columns === undefined) return all;
  return sql`
    select w.* from (${all}) as w
    join unnest(${columns.map(({ relation }) => relation)}::text[], ${columns.map(({ column }) => column)}::text[]) as c(relation, name)
      on c.relation = w.relation and c.name = w.column_name`;
}

/** Audited writes of one kind: same column, writer, and text of the statement. */
export interface AuditedWrites {
  /** `public.calls`. */
  readonly table: string;
  readonly column: string;
  readonly role: string;
  readonly application: string | null;
  readonly operation: string;
  readonly seen: string;
  /** As it was sent, cut at 500 characters: values and all, never to be shown. Null where a delete blanked it. */
  readonly statement: string | null;
  readonly writes: number;
  readonly first: Date;
  readonly last: Date;
}

/** The most frequent kinds of audited writes since a moment. */
export async function listAuditedWrites(
  sql: Sql,
  audits: readonly AuditTable[],
  { most, ...wanted }: Wanted & { readonly most: number },
): Promise<readonly AuditedWrites[]> {
  return sql<AuditedWrites[]>`
    select a.relation as table, a.column_name as column, a.role_name as role, a.application_name as application, a.operation, a.seen, a.statement,
           count(*)::integer as writes, min(a.detected_at) as first, max(a.detected_at) as last
    from (${auditedWrites(sql, audits, wanted)}) as a
    group by 1, 2, 3, 4, 5, 6, 7
    order by writes desc, last desc, a.relation, a.column_name, a.role_name, a.application_name, a.statement
    limit ${most}`;
}

/** One way to count audited writes since a moment. */
export interface WriteTotals {
  readonly byColumn: readonly {
    readonly table: string;
    readonly column: string;
    readonly writes: number;
    readonly first: Date;
    readonly last: Date;
  }[];
  readonly byDay: readonly {
    readonly day: string;
    readonly table: string;
    readonly column: string;
    readonly writes: number;
  }[];
  readonly byOrg: readonly { readonly org: string | null; readonly writes: number; readonly last: Date }[];
}

export async function totalWrites(sql: Sql, audits: readonly AuditTable[], wanted: Wanted): Promise<WriteTotals> {
  return {
    byColumn: await sql<WriteTotals["byColumn"][number][]>`
      select a.relation as table, a.column_name as column, count(*)::integer as writes, min(a.detected_at) as first, max(a.detected_at) as last
      from (${auditedWrites(sql, audits, wanted)}) as a group by 1, 2 order by 1, 2`,
    byDay: await sql<WriteTotals["byDay"][number][]>`
      select to_char(a.detected_at at time zone 'UTC', 'YYYY-MM-DD') as day, a.relation as table, a.column_name as column, count(*)::integer as writes
      from (${auditedWrites(sql, audits, wanted)}) as a group by 1, 2, 3 order by 1, 2, 3`,
    byOrg: await sql<WriteTotals["byOrg"][number][]>`
      select a.org_id as org, count(*)::integer as writes, max(a.detected_at) as last
      from (${auditedWrites(sql, audits, wanted)}) as a group by 1 order by 2 desc, 1`,
  };
}

/** The latest audited writes, newest first, without what was written. */
export interface RecentWrite {
  readonly at: Date;
  readonly table: string;
  readonly column: string;
  readonly operation: string;
  readonly seen: string;
  readonly role: string;
  readonly application: string | null;
  readonly org: string | null;
  /** The call's id; null for another table. */
  readonly call: string | null;
  /** The row's key, its values as texts; null where the statement alone was seen, or the row was deleted. */
  readonly key: Readonly<Record<string, string>> | null;
  readonly statement: string | null;
}

export async function listRecentWrites(
  sql: Sql,
  audits: readonly AuditTable[],
  { most, ...wanted }: Wanted & { readonly most: number },
): Promise<readonly RecentWrite[]> {
  return sql<RecentWrite[]>`
    select a.detected_at as at, a.relation as table, a.column_name as column, a.operation, a.seen, a.role_name as role,
           a.application_name as application, a.org_id as org, case when a.relation = 'public.calls' then a.row_key ->> 'id' end as call,
           case when a.row_key = '{"id": null}' then null else a.row_key end as key, a.statement
    from (${auditedWrites(sql, audits, wanted)}) as a
    order by a.detected_at desc, a.relation, a.column_name, a.id
    limit ${most}`;
}

/** The last write of a column as the trace knows it, which no truncation of the audit reaches. */
export interface TracedWrite {
  readonly relation: string;
  readonly column: string;
  readonly at: Date;
  readonly role: string;
  readonly application: string | null;
  /** When the column will have been quiet for long enough, if nobody writes it from now on. */
  readonly quietUntil: Date;
}

/** One traced write of each of these columns that was ever written. */
export async function lastTracedWrites(
  sql: Sql,
  columns: readonly DeprecatedColumn[],
): Promise<readonly TracedWrite[]> {
  const [trace] = await sql<{ present: boolean; ofRelations: boolean }[]>`
    select to_regclass('ssot.deprecated_write') is not null as present,
           exists (select from pg_catalog.pg_attribute as a
                   where a.attrelid = to_regclass('ssot.deprecated_write') and a.attname = 'relation') as "ofRelations"`;
  if (!trace?.present) return [];
  // The first engine knew one table.
  const relation = trace.ofRelations ? sql`w.relation` : sql`'public.calls'`;
  return sql<TracedWrite[]>`
    select distinct on (d.relation, d.name) d.relation, d.name as column, w.written_at as at, w.role_name as role,
           w.application_name as application, w.written_at + d.quiet::interval as "quietUntil"
    from ssot.deprecated_write as w
    join unnest(${columns.map((column) => column.relation)}::text[], ${columns.map(({ column }) => column)}::text[],
                ${columns.map(({ quiet }) => quiet)}::text[]) as d(relation, name, quiet)
      on d.relation = ${relation} and d.name = w.column_name
    order by d.relation, d.name, w.written_at desc`;
}
