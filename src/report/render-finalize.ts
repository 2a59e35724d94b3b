import type { FinalizeReport } from "../core/finalize.ts";
import { countOf, formatBytes } from "./format.ts";
import type { Style } from "./style.ts";
import { alignColumns } from "./table.ts";
import { unbroken, wrapText } from "./wrap.ts";

/** What the end of reversibility removed or would remove, a line a table; the last line says what that means. */
export function renderFinalize(report: FinalizeReport, style: Style): string {
  const lines = listKeptData(report);
  return [...lines, ...(lines.length === 0 ? [] : [""]), wrapText(verdict(report), { width: style.width })].join("\n");
}

/** The tables, how many rows each holds, and how large it is. */
export function listKeptData({ removed }: Pick<FinalizeReport, "removed">): readonly string[] {
  return alignColumns(removed.map(({ table, rows, bytes }) => [table, countOf(rows, "row"), formatBytes(bytes)]));
}

function verdict({ dryRun, removed, deprecation }: FinalizeReport): string {
  const rows = countOf(
    removed.reduce((sum, table) => sum + table.rows, 0),
    "row",
  );
  if (dryRun) {
    return removed.length === 0
      ? "There is nothing to remove. Nothing was changed."
      : `${rows} would be removed, and no rollback could restore what they tell. Nothing was changed. Remove with: ${unbroken(deprecation === undefined ? "ssot finalize" : `ssot finalize --only ${deprecation}`)}`;
  }
  return removed.length === 0
    ? "There was nothing to remove."
    : `${rows} removed. ${deprecation === undefined ? "What was changed before" : "What the drop took away"} can no longer be restored; the migrations stay applied. Check with: ${unbroken("ssot status")}`;
}
