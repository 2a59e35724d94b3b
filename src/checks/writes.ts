import type { Sql } from "postgres";
import type { Scope } from "./ask.ts";

/** Audited writes to one deprecated column on one day (UTC). */
export interface DailyWrites {
  /** `2026-02-09`. */
  readonly day: string;
  readonly column: string;
  readonly writes: number;
}

/** Audited writes of the last month, by day and column. */
export async function listDailyWrites(sql: Sql, { org }: Scope): Promise<readonly DailyWrites[]> {
  return sql<DailyWrites[]>`
    select to_char(a.detected_at at time zone 'UTC', 'YYYY-MM-DD') as day, a.column_name as column, count(*)::integer as writes
    from public.deprecated_column_audit as a
    where a.detected_at >= now() - interval '1 month' and (${org}::uuid is null or a.org_id = ${org})
    group by 1, 2
    order by 1, 2`;
}
