import type { Sql } from "postgres";
import { auditedWrites, findAudits } from "../db/queries/audit-writes.ts";
import type { Scope } from "./ask.ts";

/** Audited writes to one deprecated column on one day (UTC). */
export interface DailyWrites {
  /** `2026-02-09`. */
  readonly day: string;
  /** `public.calls`. */
  readonly table: string;
  readonly column: string;
  readonly writes: number;
}

/** Audited writes of the last month, by day and column. */
export async function listDailyWrites(sql: Sql, { org }: Scope): Promise<readonly DailyWrites[]> {
  const [now] = await sql<{ since: Date }[]>`select now() - interval '1 month' as since`;
  return sql<DailyWrites[]>`
    select to_char(a.detected_at at time zone 'UTC', 'YYYY-MM-DD') as day, a.relation as table, a.column_name as column, count(*)::integer as writes
    from (${auditedWrites(sql, await findAudits(sql), { since: now?.since ?? new Date(0) })}) as a
    where ${org}::uuid is null or a.org_id = ${org}
    group by 1, 2, 3
    order by 1, 2, 3`;
}
