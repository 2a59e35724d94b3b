import type { Sql } from "postgres";
import type { UndoTask } from "./undo-tasks.ts";
import { type UndoneCounts, walkedCounts, walkSql } from "./walk.ts";

export interface UndoneValues extends UndoneCounts {
  /** Of those put back: of rows that came after the migration was applied. */
  readonly later: number;
}

/**
 * What becomes of a journaled column when it is taken back now. `before`: SQL of steps on the same rows that are taken back first, as
 * id, seq, old, new, is_stuck; none where that is undefined. One scan of the table.
 */
export async function countUndoneValues(sql: Sql, task: UndoTask, before: string | undefined): Promise<UndoneValues> {
  const { relation, column, type, isLater } = task;
  const steps = `
    select j.id, j.phase, j.old::${type} as old, j.new::${type} as new, j.is_stuck,
           row_number() over (partition by j.id order by j.phase, j.seq desc) as n
    from (select t.id, t.seq, t.old, t.new, 1 as phase, false as is_stuck from (${task.rows}) as t
          ${before === undefined ? "" : `union all select b.id, b.seq, b.old, b.new, 0, b.is_stuck from (${before}) as b`}) as j`;
  const present = `select r.id, r.${column} as value, ${isLater ?? "false"} as is_later from ${relation} as r`;
  const [row] = await sql.unsafe<Record<keyof UndoneValues, string>[]>(`${walkSql(steps, present)}
    select ${walkedCounts}, count(*) filter (where w.value is not distinct from w.new and w.is_later) as later
    from walked as w where w.phase = 1`);
  return {
    restored: Number(row?.restored ?? 0),
    kept: Number(row?.kept ?? 0),
    unchanged: Number(row?.unchanged ?? 0),
    later: Number(row?.later ?? 0),
  };
}
