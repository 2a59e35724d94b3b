import type { RollbackReport, RolledBackMigration } from "../core/rollback.ts";
import { describeRestored, totalOf } from "./effects.ts";
import { countOf, formatDuration } from "./format.ts";
import { detailIndent, listMigrations, type MigrationEntry } from "./migration-list.ts";
import type { Style } from "./style.ts";
import { unbroken, wrapText } from "./wrap.ts";

/** What a rollback did, the newest migration first; the last line says whether anything could not be put back. */
export function renderRollback(report: RollbackReport, style: Style): string {
  const entries = report.rolledBack.map((migration) => describeRolledBack(migration, style));
  return [...withGap(listMigrations(entries)), wrapText(verdict(report), { width: style.width })].join("\n");
}

/** What a rollback would take back, in its order. */
export function renderRollbackPlan(
  report: RollbackReport,
  style: Style,
  view: { readonly verbose: boolean; readonly apply: string },
): string {
  const entries = (report.pending ?? []).map(({ name, steps }) => ({
    name,
    cells: ["would be taken back"],
    details: view.verbose ? steps.map((step) => style.dim(`${detailIndent}step ${step}`)) : [],
  }));
  const last =
    entries.length === 0
      ? "Nothing is applied that could be taken back. Nothing was changed."
      : `Nothing was changed. Take back with: ${unbroken(view.apply)}`;
  return [...withGap(listMigrations(entries)), wrapText(last, { width: style.width })].join("\n");
}

function describeRolledBack(migration: RolledBackMigration, style: Style): MigrationEntry {
  const { name, durationMs, restored, kept, gone = {} } = migration;
  const erased = describeRestored(gone);
  const put = describeRestored(restored);
  const left = describeRestored(kept);
  const line = (label: string, words: string): string =>
    wrapText(words, { width: style.width, first: `${detailIndent}${label}`, rest: `${detailIndent}${" ".repeat(10)}` });
  return {
    name,
    cells: [style.good("taken back"), formatDuration(durationMs)],
    details: [
      ...(put === "" ? [] : [line("restored  ", put)]),
      ...(left === "" ? [] : [style.look(line("kept      ", `${left}, changed since`))]),
      ...(erased === "" ? [] : [style.look(line("gone      ", `${erased}: erased with what was deleted since`))]),
    ],
  };
}

function verdict({ rolledBack }: RollbackReport): string {
  if (rolledBack.length === 0) return "Nothing is applied that could be taken back. Nothing was changed.";
  const kept = rolledBack.reduce((sum, migration) => sum + totalOf(migration.kept), 0);
  const duration = formatDuration(rolledBack.reduce((sum, { durationMs }) => sum + durationMs, 0));
  const gone = rolledBack.reduce((sum, migration) => sum + totalOf(migration.gone ?? {}), 0);
  const back =
    gone === 0
      ? "every value they had changed is back"
      : `every value that was kept is back, and of ${countOf(gone, "changed row")} nothing is kept any more`;
  const data =
    kept === 0
      ? back
      : `${countOf(kept, "value is", "values are")} kept: changed since, the originals are in ssot.unrestored`;
  return `${countOf(rolledBack.length, "migration")} taken back in ${duration}; ${data}. Check with: ${unbroken("ssot status")}`;
}

function withGap(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [...lines, ""];
}
