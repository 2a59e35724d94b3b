/** How many steps back of a column end how. */
export interface UndoneCounts {
  /** Put back. */
  readonly restored: number;
  /** Changed since: stays, and its original is stored. */
  readonly kept: number;
  /** By now what it was before: there is nothing to put back. */
  readonly unchanged: number;
}

/**
 * SQL: walks steps back, one row after the other, as a rollback does. `steps` gives id, n (from 1, in the order in which the steps of
 * one row are taken back), phase, old, new, and is_stuck (it cannot be taken back); `present` gives id, value, and is_later. Gives a row a step
 * whose row is there: id, n, phase, value before the step, old, new, is_stuck, is_later. A row that was changed once is joined once.
 */
export function walkSql(steps: string, present: string): string {
  return `
    with recursive step as materialized (${steps}), walked as (
      select s.id, s.n, s.phase, p.value, s.old, s.new, s.is_stuck, p.is_later
      from step as s join (${present}) as p on p.id = s.id where s.n = 1
      union all
      select s.id, s.n, s.phase, case when not w.is_stuck and w.value is not distinct from w.new then w.old else w.value end,
             s.old, s.new, s.is_stuck, w.is_later
      from walked as w join step as s on s.id = w.id and s.n = w.n + 1
    )`;
}

/** SQL: the counts of the walked steps of the last phase. */
export const walkedCounts = `
  count(*) filter (where not w.is_stuck and w.value is not distinct from w.new) as restored,
  count(*) filter (where w.value is distinct from w.old and (w.is_stuck or w.value is distinct from w.new)) as kept,
  count(*) filter (where w.value is not distinct from w.old and (w.is_stuck or w.value is distinct from w.new)) as unchanged`;
