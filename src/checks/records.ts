import type { Sql } from "postgres";
import type { Scope } from "./ask.ts";
import type { Coverage } from "./coverage.ts";

/** One run that was kept for the trend. It holds counts only. */
export interface RecordedRun {
  readonly recordedAt: Date;
  readonly ok: boolean;
  readonly coverage: Coverage;
  /** Checks that had something to look at, as `suite.check`; not known of runs that were recorded before they were kept. */
  readonly looked: readonly string[];
  /** Contacts, and how many of them had a name, by organisation. */
  readonly named: NamedContacts;
  /** Figures by name, as the report has them. */
  readonly metrics: Readonly<Record<string, number>>;
}

export type NamedContacts = Readonly<Record<string, readonly [contacts: number, named: number]>>;

// A run stays small however many organisations there are.
const mostOrganisations = 1000;

/** Contacts and named ones of the organisations with the most of them. */
export async function countNamed(sql: Sql, { org }: Scope): Promise<NamedContacts> {
  const rows = await sql<{ org_id: string; contacts: number; named: number }[]>`
    select k.org_id, count(*)::integer as contacts, (count(*) filter (where k.name <> k.phone))::integer as named
    from public.contacts as k
    where ${org}::uuid is null or k.org_id = ${org}
    group by k.org_id order by 3 desc, 1 limit ${mostOrganisations}`;
  return Object.fromEntries(rows.map(({ org_id, contacts, named }) => [org_id, [contacts, named]]));
}

/** The last `most` recorded runs of the same scope, the oldest first. None where nothing can be recorded yet. */
export async function listRecordedRuns(sql: Sql, { org }: Scope, most: number): Promise<readonly RecordedRun[]> {
  const [row] = await sql<{ present: boolean }[]>`
    select to_regclass('ssot.verification_runs') is not null as present`;
  if (!row?.present) return [];
  const runs = await sql<RecordedRun[]>`
    select v.recorded_at as "recordedAt", v.ok, v.coverage, v.metrics, coalesce(v.counts -> 'looked', '[]') as looked,
           coalesce(v.counts -> 'named', '{}') as named
    from ssot.verification_runs as v
    where v.org_id is not distinct from ${org}::uuid and v.coverage is not null
    order by v.recorded_at desc, v.id desc
    limit ${most}`;
  return runs.toReversed();
}

/** The last recorded run of the same scope that asked the same suites; null: there is none. Runs of before suites were kept are taken for whole. */
export async function findPreviousRun(
  sql: Sql,
  { org }: Scope,
  asked: readonly string[],
  all: readonly string[],
): Promise<Pick<RecordedRun, "recordedAt" | "ok"> | null> {
  const [row] = await sql<{ present: boolean }[]>`
    select to_regclass('ssot.verification_runs') is not null as present`;
  if (!row?.present) return null;
  const [run] = await sql<Pick<RecordedRun, "recordedAt" | "ok">[]>`
    select v.recorded_at as "recordedAt", v.ok
    from ssot.verification_runs as v
    where v.org_id is not distinct from ${org}::uuid
      and coalesce(v.counts -> 'asked', ${JSON.stringify(all)}::text::jsonb) = ${JSON.stringify(asked)}::text::jsonb
    order by v.recorded_at desc, v.id desc
    limit 1`;
  return run ?? null;
}

/** Keeps a run. Throws what PostgreSQL says where the table is missing or may not be written. */
export async function recordRun(
  sql: Sql,
  { org }: Scope,
  run: { readonly ok: boolean; readonly counts: object; readonly coverage: Coverage | null; readonly metrics: object },
): Promise<void> {
  const coverage = run.coverage === null ? null : JSON.stringify(run.coverage);
  await sql`
    insert into ssot.verification_runs (org_id, ok, counts, coverage, metrics)
    values (${org}, ${run.ok}, ${JSON.stringify(run.counts)}::text::jsonb, ${coverage}::text::jsonb, ${JSON.stringify(run.metrics)}::text::jsonb)`;
}
