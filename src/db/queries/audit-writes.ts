import type { Sql } from "postgres";
import type { DeprecatedColumn } from "../../model/deprecated-column.ts";

/** Where the audit lies: Phase 3 moves it, with its rows, to schema ssot. Null: there is none. */
export async function findAudit(sql: Sql): Promise<"public" | "ssot" | null> {
  const [row] = await sql<{ place: "public" | "ssot" | null }[]>`
    select case when to_regclass('public.deprecated_column_audit') is not null then 'public'
                when to_regclass('ssot.deprecated_column_audit') is not null then 'ssot' end as place`;
  return row?.place ?? null;
}

/** Audited writes of one kind: same column, writer, and text of the statement. */
export interface AuditedWrites {
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
  place: "public" | "ssot",
  { since, most }: { readonly since: Date; readonly most: number },
): Promise<readonly AuditedWrites[]> {
  return sql<AuditedWrites[]>`
    select a.column_name as column, a.role_name as role, a.application_name as application, a.operation, a.seen, a.statement,
           count(*)::integer as writes, min(a.detected_at) as first, max(a.detected_at) as last
    from ${sql(`${place}.deprecated_column_audit`)} as a
    where a.detected_at >= ${since}
    group by 1, 2, 3, 4, 5, 6
    order by writes desc, last desc, a.column_name, a.role_name, a.application_name, a.statement
    limit ${most}`;
}

/** One way to count audited writes since a moment. */
export interface WriteTotals {
  readonly byColumn: readonly {
    readonly column: string;
    readonly writes: number;
    readonly first: Date;
    readonly last: Date;
  }[];
  readonly byDay: readonly { readonly day: string; readonly column: string; readonly writes: number }[];
  readonly byOrg: readonly { readonly org: string | null; readonly writes: number; readonly last: Date }[];
}

export async function totalWrites(sql: Sql, place: "public" | "ssot", since: Date): Promise<WriteTotals> {
  const audit = sql(`${place}.deprecated_column_audit`);
  return {
    byColumn: await sql<WriteTotals["byColumn"][number][]>`
      select a.column_name as column, count(*)::integer as writes, min(a.detected_at) as first, max(a.detected_at) as last
      from ${audit} as a where a.detected_at >= ${since} group by 1 order by 1`,
    byDay: await sql<WriteTotals["byDay"][number][]>`
      select to_char(a.detected_at at time zone 'UTC', 'YYYY-MM-DD') as day, a.column_name as column, count(*)::integer as writes
      from ${audit} as a where a.detected_at >= ${since} group by 1, 2 order by 1, 2`,
    byOrg: await sql<WriteTotals["byOrg"][number][]>`
      select a.org_id as org, count(*)::integer as writes, max(a.detected_at) as last
      from ${audit} as a where a.detected_at >= ${since} group by 1 order by 2 desc, 1`,
  };
}

/** The latest audited writes, newest first, without what was written. */
export interface RecentWrite {
  readonly at: Date;
  readonly column: string;
  readonly operation: string;
  readonly seen: string;
  readonly role: string;
  readonly application: string | null;
  readonly org: string | null;
  readonly call: string | null;
  readonly statement: string | null;
}

export async function listRecentWrites(
  sql: Sql,
  place: "public" | "ssot",
  { since, most }: { readonly since: Date; readonly most: number },
): Promise<readonly RecentWrite[]> {
  return sql<RecentWrite[]>`
    select a.detected_at as at, a.column_name as column, a.operation, a.seen, a.role_name as role,
           a.application_name as application, a.org_id as org, a.call_id as call, a.statement
    from ${sql(`${place}.deprecated_column_audit`)} as a
    where a.detected_at >= ${since}
    order by a.detected_at desc, a.column_name, a.id
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
