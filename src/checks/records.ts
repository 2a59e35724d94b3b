import type { Sql } from "postgres";
import type { Scope } from "./ask.ts";
import type { Coverage } from "./coverage.ts";

/** One run that was kept for the trend. It holds counts only. */
export interface RecordedRun {
  readonly recordedAt: Date;
  readonly ok: boolean;
  readonly coverage: Coverage;
}

/** The last `most` recorded runs of the same scope, the oldest first. None where nothing can be recorded yet. */
export async function listRecordedRuns(sql: Sql, { org }: Scope, most: number): Promise<readonly RecordedRun[]> {
  const [row] = await sql<{ present: boolean }[]>`
    select to_regclass('ssot.verification_runs') is not null as present`;
  if (!row?.present) return [];
  const runs = await sql<RecordedRun[]>`
    select v.recorded_at as "recordedAt", v.ok, v.coverage
    from ssot.verification_runs as v
    where v.org_id is not distinct from ${org}::uuid and v.coverage is not null
    order by v.recorded_at desc, v.id desc
    limit ${most}`;
  return runs.toReversed();
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
