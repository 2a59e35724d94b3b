import type { PlannedRollback, RollbackReport, RolledBackMigration } from "../core/rollback.ts";
import type { RollbackCounts } from "../core/rollback-counts.ts";
import { describeRestored, totalOf } from "./effects.ts";
import { countOf, formatCount, formatDuration } from "./format.ts";
import { detailIndent, listMigrations, type MigrationEntry } from "./migration-list.ts";
import { renderPace } from "./render-pace.ts";
import type { Style } from "./style.ts";
import { unbroken, wrapText } from "./wrap.ts";

/** What a rollback did, the newest migration first; the last line says whether anything could not be put back. */
export function renderRollback(report: RollbackReport, style: Style): string {
  const entries = report.rolledBack.map((migration) => describeRolledBack(migration, style));
  return [
    ...withGap(listMigrations(entries, style.width)),
    ...renderPace(report.pace, style),
    wrapText(verdict(report), { width: style.width }),
  ].join("\n");
}

/** What a rollback would take back, in its order, with what would come back, stay, and be gone. */
export function renderRollbackPlan(
  report: RollbackReport,
  style: Style,
  view: { readonly verbose: boolean; readonly apply: string },
): string {
  const { pending = [] } = report;
  if (pending.length === 0) return nothing;
  return [
    ...renderPending(pending, style, view),
    "",
    wrapText(describeStays(report), { width: style.width }),
    wrapText(`Nothing was changed. Take back with: ${unbroken(view.apply)}`, { width: style.width }),
  ].join("\n");
}

/** The migrations that would be taken back, with their counts. */
export function renderPending(
  pending: readonly PlannedRollback[],
  style: Style,
  { verbose }: { readonly verbose: boolean },
): readonly string[] {
  return listMigrations(
    pending.map((migration) => ({
      name: migration.name,
      cells: ["would be taken back"],
      details: [...describeCounts(migration, style), ...(verbose ? describeClosely(migration, style) : [])],
    })),
  );
}

const nothing = "Nothing is applied that could be taken back. Nothing was changed.";

function describeRolledBack(migration: RolledBackMigration, style: Style): MigrationEntry {
  const { name, durationMs } = migration;
  return {
    name,
    cells: [style.good("taken back"), formatDuration(durationMs)],
    details: describeCounts(migration, style),
  };
}

function describeCounts(
  { restored, kept, unrestorable, lost }: Pick<RollbackCounts, "restored" | "kept" | "unrestorable" | "lost">,
  style: Style,
): readonly string[] {
  const line = (label: string, counts: Readonly<Record<string, number>>, after = ""): readonly string[] => {
    const words = describeRestored(counts);
    if (words === "") return [];
    const rest = `${detailIndent}${" ".repeat(10)}`;
    return [wrapText(`${words}${after}`, { width: style.width, first: `${detailIndent}${label.padEnd(10)}`, rest })];
  };
  return [
    ...line("restored", restored),
    ...line("kept", kept, ", changed since").map(style.look),
    ...line("gone", unrestorable, ": nothing is kept of what they were").map(style.look),
    ...line(
      "lost",
      only(lost, (what) => !isMade(what)),
    ).map(style.look),
    ...line("goes", only(lost, isMade)),
  ];
}

function only(
  counts: Readonly<Record<string, number>>,
  isWanted: (what: string) => boolean,
): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts).filter(([what]) => isWanted(what)));
}

// Each column, then each step.
function describeClosely({ columns, steps }: PlannedRollback, style: Style): readonly string[] {
  return [
    ...columns.map(({ column, restored, kept, unrestorable }) => {
      const parts = [
        ...(restored > 0 ? [`${formatCount(restored)} restored`] : []),
        ...(kept > 0 ? [`${formatCount(kept)} kept`] : []),
        ...(unrestorable === null || unrestorable === 0 ? [] : [`${formatCount(unrestorable)} gone`]),
      ];
      return style.dim(`${detailIndent}column ${column}: ${parts.join(", ")}`);
    }),
    ...steps.map((step) => style.dim(`${detailIndent}step ${step}`)),
  ];
}

function describeStays({ stays }: RollbackReport): string {
  if (stays === undefined || (!stays.schema && stays.originals === 0)) {
    return "Schema ssot would go too. Rows that came since stay, as somebody wrote them.";
  }
  const originals = stays.originals === 0 ? "" : `, with ${countOf(stays.originals, "original")} in ssot.unrestored`;
  return `Schema ssot would stay${originals}. Rows that came since stay, as somebody wrote them.`;
}

function verdict({ rolledBack, plan }: RollbackReport): string {
  const name = plan?.hash.slice(0, 12);
  if (plan?.done) return `Nothing of plan ${name} is left to take back. Nothing was changed.`;
  if (rolledBack.length === 0) return nothing;
  const duration = formatDuration(rolledBack.reduce((sum, { durationMs }) => sum + durationMs, 0));
  return `${countOf(rolledBack.length, "migration")} taken back in ${duration}${name === undefined ? "" : ` as plan ${name} says`}; ${describeOutcome(rolledBack)}. Check with: ${unbroken("ssot status")}`;
}

/** In one sentence what became of the values that migrations had changed; it promises no more than was counted. */
function describeOutcome(
  rolledBack: readonly Pick<RollbackCounts, "restored" | "kept" | "unrestorable" | "lost">[],
): string {
  const sum = (what: "restored" | "kept" | "unrestorable" | "lost"): number =>
    rolledBack.reduce((total, { [what]: counts }) => total + totalOf(counts), 0);
  const [restored, kept, gone] = [sum("restored"), sum("kept"), sum("unrestorable")];
  const parts = [
    ...(gone + kept > 0 && restored > 0 ? [`${countOf(restored, "value is", "values are")} back`] : []),
    ...(gone + kept === 0 && restored > 0 ? ["every value they had changed is back"] : []),
    ...(kept === 0
      ? []
      : [`${countOf(kept, "value is", "values are")} kept: changed since, the originals are in ssot.unrestored`]),
    ...(gone === 0 ? [] : [`${countOf(gone, "value is", "values are")} gone: nothing is kept of what they were`]),
  ];
  const data = parts.length === 0 ? "no value had to be put back" : parts.join("; ");
  const evidence = rolledBack.some(({ lost }) => Object.keys(lost).some((what) => !isMade(what)));
  return evidence ? `${data}; the evidence that is listed as lost went with them` : data;
}

// Objects that a migration made are meant to go.
function isMade(what: string): boolean {
  return ["columns", "indexes", "rules", "schemas", "views"].includes(what);
}

function withGap(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [...lines, ""];
}
