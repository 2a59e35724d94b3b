import type { Sql } from "postgres";
import { countUndoneArchive, type UndoArchive } from "../db/queries/undo/undone-archive.ts";
import type { ColumnSteps } from "./rollback-counts.ts";

/** What becomes of the values that a drop keeps, and of the numbers that it filled in. */
export async function countArchived(sql: Sql, archive: UndoArchive): Promise<readonly ColumnSteps[]> {
  const table = archive.relation.replace(/^public\./, "");
  const { columns, filled } = await countUndoneArchive(sql, archive);
  return [
    ...columns.map(({ column, ...counts }) => ({
      column: `${table}.${column}`,
      kind: "valuesArchived",
      counted: `${archive.relation}.${column}`,
      ...counts,
    })),
    ...(archive.fills ? [{ column: `${table}.phone_number`, kind: "numbersFilled", ...filled }] : []),
  ];
}
