import type { AppliedMigration, MigrateReport } from "../core/migrate.ts";
import { describeEffects } from "./effects.ts";
import { countOf, formatDuration } from "./format.ts";
import { detailIndent, listMigrations, type MigrationEntry } from "./migration-list.ts";
import { describeHeld } from "./render-held.ts";
import { renderPace } from "./render-pace.ts";
import type { Style } from "./style.ts";
import { unbroken, wrapText } from "./wrap.ts";

/** What `ssot migrate` did, migration by migration; the last line sums it up and names the next command. */
export function renderMigrate(report: MigrateReport, style: Style): string {
  const entries = [
    ...report.applied.map((applied) => describeApplied(applied, style)),
    ...report.held.map((held) => describeHeld(held, style)),
  ];
  return [
    ...listMigrations(entries, style.width),
    ...(entries.length === 0 ? [] : [""]),
    ...renderPace(report.pace, style),
    wrapText(verdict(report), { width: style.width }),
  ].join("\n");
}

function describeApplied({ name, durationMs, effects }: AppliedMigration, style: Style): MigrationEntry {
  const words = describeEffects(effects);
  return {
    name,
    cells: [style.good("applied"), formatDuration(durationMs)],
    details: words === "" ? [] : [wrapText(words, { width: style.width, first: detailIndent })],
  };
}

const checkWith = `Check with: ${unbroken("ssot status")}`;

// What was done is proved, not only listed; the record is what later runs are compared with.
const proveWith = `Prove it with: ${unbroken("ssot verify --record")}`;

function verdict({ applied, caughtUp, plan }: MigrateReport): string {
  const followed = plan === undefined ? "" : ` as plan ${plan.hash.slice(0, 12)} says`;
  if (plan?.done) return `All of plan ${plan.hash.slice(0, 12)} was applied before. Nothing was changed. ${checkWith}`;
  if (applied.length > 0) {
    const duration = formatDuration(applied.reduce((sum, { durationMs }) => sum + durationMs, 0));
    return `${countOf(applied.length, "migration")} applied in ${duration}${followed}. ${proveWith}`;
  }
  if (caughtUp === undefined) return `Nothing is pending. Nothing was changed. ${checkWith}`;
  if (caughtUp === 0) return `Nothing is pending, and no call waits to be linked. ${checkWith}`;
  return `Nothing is pending. ${countOf(caughtUp, "call that came since was", "calls that came since were")} linked. ${checkWith}`;
}
