import type { PlanReport } from "../core/plan.ts";
import type { PlannedMigration } from "../core/planned-work.ts";
import { describeEffects } from "./effects.ts";
import { countOf, formatBytes, formatCount, formatServerVersion } from "./format.ts";
import { listMigrations, type MigrationEntry } from "./migration-list.ts";
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

function listNotes({
  unfixable,
  triggers,
  obstacles,
  cautions,
  notTried,
  view,
  pending,
  contactRoles,
  rolesWithoutContacts,
}: PlanReport): readonly string[] {
  const setAside = pending.some(({ effects }) => (effects.contactsQuarantined ?? 0) > 0);
  const notes: string[] = [];
  if (unfixable.count > 0 && !setAside) {
    const more =
      unfixable.count > unfixable.ids.length ? ` and ${formatCount(unfixable.count - unfixable.ids.length)} more` : "";
    notes.push(
      `${countOf(unfixable.count, "contact has", "contacts have")} a number that cannot be read: ${unfixable.contacts.map(({ id, reason }) => `${id} (${reason})`).join(", ")}${more}. ` +
        `ssot migrate stops there: correct them, or set them aside with ${unbroken("--on-unfixable-phone quarantine")}`,
    );
  }
  notes.push(...describeRoles(contactRoles));
  for (const { table, name, when, harmless } of triggers) {
    notes.push(
      harmless
        ? `trigger ${table}.${name} (${when}) will fire on rows that are changed; what it writes is not restored by a rollback`
        : `trigger ${table}.${name} (${when}) would fire on rows that are changed; ssot migrate stops there unless ${unbroken("--user-triggers fire")}`,
    );
  }
  for (const { what, remedy } of obstacles) notes.push(`${what}; ssot migrate stops there: ${remedy}`);
  for (const { what, remedy } of cautions) notes.push(`${what}. To change that: ${remedy}`);
  for (const what of notTried) notes.push(`could not be tried beforehand: ${what}`);
  if (view.former === "kept") {
    notes.push("the view calls_with_caller_names does what it is for, and stays as it is");
  } else if (view.further.length > 0) {
    notes.push(`the view calls_with_caller_names is replaced, and loses until a rollback: ${view.further.join(", ")}`);
  }
  if (view.madeAgain.length > 0) {
    notes.push(`made again with the view calls_with_caller_names that they stand on: ${view.madeAgain.join(", ")}`);
  }
  if (rolesWithoutContacts.length > 0) {
    const roles = rolesWithoutContacts.join(", ");
    notes.push(
      `may read calls but not contacts, so the view will refuse them: ${roles}. To let them: grant select on public.contacts to ${roles}`,
    );
  }
  return notes;
}

// How columns are merged that say something of the person.
function describeRoles(roles: PlanReport["contactRoles"]): readonly string[] {
  const named = (...wanted: readonly string[]): string =>
    roles
      .filter(({ role, fits }) => fits && wanted.includes(role))
      .map(({ column }) => column)
      .join(", ");
  const strange = roles.filter(({ fits }) => !fits).map(({ column }) => column);
  const otherwise = `otherwise: the word [ssot: plain] in the column's comment`;
  return [
    ...(named("dead", "alive") === ""
      ? []
      : [
          `of contacts with one number one that lives is kept, and never told dead by another: ${named("dead", "alive")} (${otherwise})`,
        ]),
    ...(named("opt-out", "consent") === ""
      ? []
      : [`of contacts with one number the strictest value is kept: ${named("opt-out", "consent")} (${otherwise})`]),
    ...(strange.length === 0
      ? []
      : [`neither true or false nor a time, so that nothing is read from it: ${strange.join(", ")}`]),
  ];
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
