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
