import type { Sql } from "postgres";
import { listPresentTables } from "./present-tables.ts";

/** SQL: what merging and quarantine did, as seq, kind, relation, key, column_name, old, new, image; undefined where there is none. */
export async function readUndoMerges(sql: Sql): Promise<string | undefined> {
  const there = await listPresentTables(sql, ["ssot.journal", "ssot.merge_journal"]);
  const parts = [
    ...(there.has("ssot.journal")
      ? [
          "select j.seq, j.kind, j.relation, j.key, j.column_name, j.old, j.new, j.image from ssot.journal as j where j.task = 'merge'",
        ]
      : []),
    ...(there.has("ssot.merge_journal")
      ? [
          "select j.seq, j.kind, j.rel as relation, j.key, j.col as column_name, j.old, j.new, j.image from ssot.merge_journal as j",
        ]
      : []),
  ];
  return parts.length === 0 ? undefined : parts.join(" union all ");
}

/** SQL: contacts that merges or quarantine took away and of which an image is kept, as seq, kind, id, image (column → text). */
export function imagesOf(merges: string): string {
  return `
    select i.* from (
      select j.seq, j.kind, (j.key ->> 'id')::uuid as id, case j.kind when 'delete' then j.image else q.image end as image
      from (${merges}) as j
      left join ssot.contact_quarantine as q on j.kind = 'quarantine' and q.id = (j.key ->> 'id')::uuid
      where j.kind in ('delete', 'quarantine')
    ) as i where i.image is not null`;
}

/** SQL: what survivors took over, a row a column, as id, seq, col, old, new. Engine 1 had such rows; ours have all columns in one. */
export function fillsOf(merges: string): string {
  return `
    select (j.key ->> 'id')::uuid as id, j.seq, e.key as col, j.image -> 'old' ->> e.key as old, e.value as new
    from (${merges}) as j cross join lateral jsonb_each_text(j.image -> 'new') as e where j.kind = 'fill' and j.column_name is null
    union all
    select (j.key ->> 'id')::uuid, j.seq, j.column_name, j.old, j.new from (${merges}) as j where j.kind = 'fill' and j.column_name is not null`;
}
