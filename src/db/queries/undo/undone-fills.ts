import type { Sql } from "postgres";
import { fillsOf, imagesOf } from "./undo-merges.ts";
import { type UndoneCounts, walkedCounts, walkSql } from "./walk.ts";

export interface UndoneFills extends UndoneCounts {
  /** Sources that survivors took over and lose again. */
  readonly sources: number;
}

/** What becomes of the values that survivors took over from duplicates. `away`: contacts that cannot be put back. */
export async function countUndoneFills(sql: Sql, merges: string, away: readonly string[]): Promise<UndoneFills> {
  const columns = await sql<{ pair: string }[]>`
    select format('%L, r.%I::text', a.attname, a.attname) as pair from pg_catalog.pg_attribute as a
    where a.attrelid = to_regclass('public.contacts') and a.attnum > 0 and not a.attisdropped order by a.attnum`;
  const pairs = columns.map(({ pair }) => pair).join(", ");
  // A moved reference may lie over a value that was taken over.
  const steps = `
    select f.id::text || ' ' || f.col as id, f.phase, f.old, f.new, f.phase = 0 and f.old = any ($1::text[]) as is_stuck,
           row_number() over (partition by f.id, f.col order by f.seq desc) as n
    from (select x.id, x.col, x.seq, 1 as phase, x.old, x.new from (${fillsOf(merges)}) as x
          union all
          select (j.key ->> 'id')::uuid, j.column_name, j.seq, 0, j.old, j.new
          from (${merges}) as j where j.kind = 'repoint' and j.relation = 'public.contacts') as f`;
  const present = `
    select f.id::text || ' ' || f.col as id, jsonb_build_object(${pairs}) ->> f.col as value, false as is_later
    from (select distinct x.id, x.col from (${fillsOf(merges)}) as x) as f join public.contacts as r on r.id = f.id
    union all
    select f.id::text || ' ' || f.col, i.image ->> f.col, false
    from (select distinct x.id, x.col from (${fillsOf(merges)}) as x) as f
    join (${imagesOf(merges)}) as i on i.id = f.id and i.id::text <> all ($1::text[])`;
  const [row] = await sql.unsafe<Record<keyof UndoneFills, string>[]>(
    `${walkSql(steps, present)}
    select ${walkedCounts}, count(*) filter (where w.id like '% source' and w.value is not distinct from w.new and w.old is null) as sources
    from walked as w where w.phase = 1`,
    [[...away]],
  );
  return {
    restored: Number(row?.restored ?? 0),
    kept: Number(row?.kept ?? 0),
    unchanged: Number(row?.unchanged ?? 0),
    sources: Number(row?.sources ?? 0),
  };
}
