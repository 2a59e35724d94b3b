import type { Sql } from "postgres";
import { type UndoneCounts, walkedCounts, walkSql } from "./walk.ts";

/** SQL: what survivors took over, a row a column, as id, seq, col, old, new. Engine 1 had such rows; ours have all columns in one. */
export function fillsOf(merges: string): string {
  return `
    select (j.key ->> 'id')::uuid as id, j.seq, e.key as col, j.image -> 'old' ->> e.key as old, e.value as new
    from (${merges}) as j cross join lateral jsonb_each_text(j.image -> 'new') as e where j.kind = 'fill' and j.column_name is null
    union all
    select (j.key ->> 'id')::uuid, j.seq, j.column_name, j.old, j.new from (${merges}) as j where j.kind = 'fill' and j.column_name is not null`;
}

export interface UndoneFills extends UndoneCounts {
  /** Sources that survivors took over and lose again. */
  readonly sources: number;
}

/** What becomes of the values that survivors took over from duplicates. */
export async function countUndoneFills(sql: Sql, merges: string): Promise<UndoneFills> {
  const columns = await sql<{ pair: string }[]>`
    select format('%L, r.%I::text', a.attname, a.attname) as pair from pg_catalog.pg_attribute as a
    where a.attrelid = to_regclass('public.contacts') and a.attnum > 0 and not a.attisdropped order by a.attnum`;
  const pairs = columns.map(({ pair }) => pair).join(", ");
  const steps = `
    select f.id::text || ' ' || f.col as id, 1 as phase, f.old, f.new, false as is_stuck,
           row_number() over (partition by f.id, f.col order by f.seq desc) as n
    from (${fillsOf(merges)}) as f`;
  const present = `
    select f.id::text || ' ' || f.col as id, jsonb_build_object(${pairs}) ->> f.col as value, false as is_later
    from (select distinct x.id, x.col from (${fillsOf(merges)}) as x) as f join public.contacts as r on r.id = f.id`;
  const [row] = await sql.unsafe<Record<keyof UndoneFills, string>[]>(`${walkSql(steps, present)}
    select ${walkedCounts}, count(*) filter (where w.id like '% source' and w.value is not distinct from w.new and w.old is null) as sources
    from walked as w`);
  return {
    restored: Number(row?.restored ?? 0),
    kept: Number(row?.kept ?? 0),
    unchanged: Number(row?.unchanged ?? 0),
    sources: Number(row?.sources ?? 0),
  };
}
