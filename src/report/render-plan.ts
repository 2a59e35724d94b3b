import type { PlanReport } from "../core/plan.ts";
import type { PlannedMigration } from "../core/planned-work.ts";
import { describeEffects } from "./effects.ts";
import { countOf, formatBytes, formatServerVersion } from "./format.ts";
import { listMigrations, type MigrationEntry } from "./migration-list.ts";
import { listNotes } from "./plan-notes.ts";
import { describeHeld } from "./render-held.ts";
import { describeLocks, describeSteps } from "./render-steps.ts";
import type { Style } from "./style.ts";
import { unbroken, wrapText } from "./wrap.ts";

export interface PlanView {
  /** Also every step with its lock and its SQL. */
  readonly verbose: boolean;
  /** The command that would apply this plan. */
  readonly apply: string;
}

/** The dry run as text: each migration with its rows and its strongest lock, what to look at, and the next command. */
export function renderPlan(report: PlanReport, style: Style, view: PlanView): string {
  const entries = [
    ...report.pending.map((migration) => describePending(migration, style, view)),
    ...report.held.map((held) => describeHeld(held, style)),
  ];
  const notes = report.pending.length === 0 ? [] : listNotes(report);
  return [
    wrapText(`${report.target} (PostgreSQL ${formatServerVersion(report.serverVersion)})`, {
      width: style.width,
      first: "target  ",
      rest: " ".repeat(8),
    }),
    ...(report.tables.length === 0 ? [] : [style.dim(`        ${report.tables.map(describeTable).join(" · ")}`)]),
    "",
    ...listMigrations(entries),
    ...(entries.length === 0 ? [] : [""]),
    ...notes.flatMap((note) => [
      style.look(wrapText(note, { width: style.width, first: "look    ", rest: " ".repeat(8) })),
      "",
    ]),
    wrapText(verdict(report, view), { width: style.width }),
  ].join("\n");
}

function describePending(migration: PlannedMigration, style: Style, { verbose }: PlanView): MigrationEntry {
  const changesRows = migration.steps.some(({ rows }) => rows !== null);
  const effects = describeEffects(migration.effects) || (changesRows ? "no row needs a change" : "no row is changed");
  return {
    name: migration.name,
    cells: [changesRows ? "online" : "catalog only"],
    details: [
      wrapText(effects, { width: style.width, first: " ".repeat(6) }),
      ...(verbose ? describeSteps(migration.steps, style) : describeLocks(migration.steps, style)),
    ],
  };
}

function describeTable({ table, rows, bytes }: PlanReport["tables"][number]): string {
  return rows === 0
    ? `${table} ${formatBytes(bytes)}`
    : `${table} about ${countOf(rows, "row")}, ${formatBytes(bytes)}`;
}

function verdict({ pending, held }: PlanReport, { apply, verbose }: PlanView): string {
  if (pending.length === 0) {
    return held.length === 0
      ? "Nothing is pending. Nothing was changed."
      : `Nothing but ${held.length === 1 ? "the drop is open, and it is held" : "the drops are open, and they are held"}. Nothing was changed. Check with: ${unbroken("ssot status")}`;
  }
  const sql = verbose ? "" : " See every step and its SQL with -v.";
  return `Nothing was changed.${sql} Apply with: ${unbroken(apply)}`;
}
