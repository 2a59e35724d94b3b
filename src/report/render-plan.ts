import type { PlanReport } from "../core/plan.ts";
import type { PlannedMigration } from "../core/planned-work.ts";
import { describeEffects, describeUnlinked } from "./effects.ts";
import { countOf, formatBytes } from "./format.ts";
import { listMigrations, type MigrationEntry } from "./migration-list.ts";
import { listNotes, noNotes } from "./plan-notes.ts";
import { describeHeld } from "./render-held.ts";
import { describeLocks, describeSteps } from "./render-steps.ts";
import type { Style } from "./style.ts";
import { breakCommand, unbroken, wrapText } from "./wrap.ts";

export interface PlanView {
  /** Also every step with its lock and its SQL. */
  readonly verbose: boolean;
  /** The command that would apply this plan. */
  readonly apply: string;
  /** It would yield from the beginning. */
  readonly gentle?: boolean | undefined;
  /** The command that would, and then the options that answer what it would stop at. */
  readonly answer: readonly string[];
  /** Triggers of others may fire. */
  readonly triggersFire: boolean;
}

/** The dry run as text: each migration with its rows and its strongest lock, what to look at, and the next command. */
export function renderPlan(report: PlanReport, style: Style, view: PlanView): string {
  const entries = [
    ...report.pending.map((migration) => describePending(migration, report, style, view)),
    ...report.held.map((held) => describeHeld(held, style)),
  ];
  const notes = report.pending.length === 0 ? listCatchUpNotes(report, view) : listNotes({ ...report, ...view });
  return [
    ...(report.tables.length === 0 ? [] : [style.dim(`tables  ${report.tables.map(describeTable).join(" · ")}`), ""]),
    ...listMigrations(entries, style.width),
    ...(entries.length === 0 ? [] : [""]),
    ...notes.flatMap((note) => [
      style.look(wrapText(note, { width: style.width, first: "look    ", rest: " ".repeat(8) })),
      "",
    ]),
    ...(report.blockers.length === 0 ? [] : [...describeBlockers(report, style, view), ""]),
    wrapText(verdict(report, view), { width: style.width }),
  ].join("\n");
}

function describePending(
  migration: PlannedMigration,
  { unlinked }: PlanReport,
  style: Style,
  { verbose }: PlanView,
): MigrationEntry {
  const changesRows = migration.steps.some(({ rows }) => rows !== null);
  const effects = describeEffects(migration.effects) || (changesRows ? "no row needs a change" : "no row is changed");
  return {
    name: migration.name,
    cells: [changesRows ? "online" : "catalog only"],
    details: [
      wrapText(effects, { width: style.width, first: " ".repeat(6) }),
      ...((migration.effects.callsUnlinked ?? 0) > 0 ? [describeReasons(unlinked, style)] : []),
      ...(verbose ? describeSteps(migration.steps, style) : describeLocks(migration.steps, style)),
    ],
  };
}

function describeReasons(unlinked: PlanReport["unlinked"], style: Style): string {
  const first = `${" ".repeat(6)}unlinked  `;
  return wrapText(describeUnlinked(unlinked), { width: style.width, first, rest: " ".repeat(first.length) });
}

// Linking late calls fires triggers, too, and runs code of others.
function listCatchUpNotes(report: PlanReport, { triggersFire }: PlanView): readonly string[] {
  if (report.effects === undefined) return [];
  const { triggers, obstacles } = report;
  return listNotes({ ...noNotes, triggers, obstacles, triggersFire });
}

function describeTable({ table, rows, bytes }: PlanReport["tables"][number]): string {
  return rows === 0
    ? `${table} ${formatBytes(bytes)}`
    : `${table} about ${countOf(rows, "row")}, ${formatBytes(bytes)}`;
}

// What stops a run, and the one command that answers all of it that an option answers.
function describeBlockers({ blockers, answers }: PlanReport, style: Style, { answer }: PlanView): readonly string[] {
  const mend = blockers.filter(({ option }) => option === null).length;
  const all = countOf(blockers.length, "thing stops", "things stop");
  const said =
    answers.length === 0
      ? `${all} ssot migrate, and ${mend === 1 ? "has" : "have"} to be mended first.`
      : mend > 0
        ? `${all} ssot migrate; ${countOf(mend, "of them has", "of them have")} to be mended first. What is left is answered by:`
        : `${all} ssot migrate. When you have looked at ${blockers.length === 1 ? "it" : "all of them"}, one command answers:`;
  return [
    style.look(wrapText(said, { width: style.width, first: "stop    ", rest: " ".repeat(8) })),
    ...(mend === 0
      ? []
      : blockers.flatMap(({ what, option }) =>
          option === null
            ? [wrapText(what, { width: style.width, first: `${" ".repeat(8)}- `, rest: " ".repeat(10) })]
            : [],
        )),
    ...(answers.length === 0 ? [] : breakCommand(answer, style.width - 8).map((line) => `        ${line}`)),
  ];
}

function verdict(report: PlanReport, { apply, verbose, gentle = false }: PlanView): string {
  const { pending, held, effects, unlinked } = report;
  const late = effects?.callsLinked ?? 0;
  const reasons = describeUnlinked(unlinked);
  const stay = effects === undefined || reasons === "" ? "" : ` Calls that stay unlinked: ${reasons}.`;
  if (pending.length === 0) {
    const open =
      held.length === 0
        ? "Nothing is pending"
        : `Nothing but ${held.length === 1 ? "the drop is open, and it is held" : "the drops are open, and they are held"}`;
    if (late > 0)
      return `${open}. ${countOf(late, "call that came since", "calls that came since")} would be linked.${stay} Nothing was changed.${report.blockers.length === 0 ? ` Apply with: ${unbroken(apply)}` : ""}`;
    const waits = effects === undefined ? "" : `${held.length === 0 ? ", and" : ";"} no call waits to be linked`;
    const check = held.length === 0 ? "" : ` Check with: ${unbroken("ssot status")}`;
    return `${open}${waits}.${stay} Nothing was changed.${check}`;
  }
  const sql = verbose ? "" : " See every step and its SQL with -v.";
  const way = report.blockers.length === 0 ? ` Apply with: ${unbroken(apply)}` : "";
  const long = gentle ? " Gently it may take five times as long as alone." : "";
  return `Nothing was changed.${sql}${way}${long}`;
}
