import type { MigrationStatus, StatusReport } from "../core/status.ts";
import { countOf, formatDay, formatMoment } from "./format.ts";
import { listMigrations, type MigrationEntry } from "./migration-list.ts";
import { describeReasons } from "./render-held.ts";
import type { Style } from "./style.ts";
import { alignColumns } from "./table.ts";
import { unbroken, wrapText } from "./wrap.ts";

/** Where each migration stands and what is deprecated; the last line says what to run next. */
export function renderStatus(report: StatusReport, style: Style): string {
  return [
    ...listMigrations(
      report.migrations.map((migration) => describeMigration(migration, style)),
      style.width,
    ),
    ...(report.migrations.length === 0 ? [] : [""]),
    ...describeDeprecated(report, style),
    ...describeFinalized(report, style),
    ...describeDisregarded(report, style),
    wrapText(verdict(report.migrations), { width: style.width }),
  ].join("\n");
}

function describeMigration(
  { name, state, appliedAt, heldBecause, interrupted }: MigrationStatus,
  style: Style,
): MigrationEntry {
  const since = appliedAt === null ? "" : formatMoment(appliedAt);
  const cells = {
    applied: [style.good("applied"), since],
    pending: [style.look("pending"), ""],
    held: [style.dim("held"), ""],
    optional: [style.dim("optional"), "not installed"],
    partial: [style.broken("half-way"), interrupted === undefined ? "" : `${interrupted} was interrupted`],
    changed: [style.broken("changed"), "the file is not the one that was applied"],
    missing: [style.broken("missing"), "applied, but its file is gone"],
  }[state];
  return { name, cells, details: describeReasons(heldBecause, style) };
}

function describeDeprecated({ deprecated }: StatusReport, style: Style): readonly string[] {
  if (deprecated.length === 0) return [];
  const head = ["deprecated", "drop from", "use instead"].map((text) => style.dim(text));
  const rows = deprecated.map(({ table, column, dropAfter, replacement }) => [
    `${table}.${column}`,
    formatDay(dropAfter),
    replacement,
  ]);
  return [...alignColumns([head, ...rows], "  ", style.width), ""];
}

function describeFinalized({ finalizedAt }: StatusReport, { width }: Style): readonly string[] {
  if (finalizedAt === undefined) return [];
  const text = `finalised ${formatMoment(finalizedAt)}: what was changed before can no longer be restored`;
  return [wrapText(text, { width, first: "  " }), ""];
}

function describeDisregarded({ disregarded }: StatusReport, { width }: Style): readonly string[] {
  return disregarded === undefined ? [] : [wrapText(disregarded, { width, first: "  " }), ""];
}

function verdict(migrations: readonly MigrationStatus[]): string {
  const count = (wanted: MigrationStatus["state"]): number => migrations.filter(({ state }) => state === wanted).length;
  const half = migrations.find(({ state }) => state === "partial");
  const differ = count("changed") + count("missing");
  if (differ > 0) {
    return `${countOf(differ, "applied migration differs from its file", "applied migrations differ from their files")}. Restore the files from the version of ssot that applied them.`;
  }
  if (half !== undefined) {
    const command = half.interrupted === "rollback" ? "ssot rollback" : "ssot migrate";
    return `${half.name} is half-way. Go on with: ${unbroken(command)}`;
  }
  const applied = count("applied");
  const pending = count("pending");
  if (pending > 0) {
    const before = applied === 0 ? "Nothing is applied" : `${applied} applied`;
    return `${before}, ${pending} pending. Look first with: ${unbroken("ssot migrate --dry-run")}`;
  }
  const held = count("held");
  if (held === 0) return applied === 1 ? "The one migration is applied." : `All ${applied} are applied.`;
  const due = migrations.filter((migration) => migration.due).length;
  if (due > 0) {
    const [who, only] = held === 1 ? ["The drop", ""] : [`${due} of ${held} drops`, " --only NAME"];
    return `${applied} applied, none pending. ${who} may run: ${unbroken(`ssot migrate --phase 3${only}`)}`;
  }
  const [who, it, only] = held === 1 ? ["The drop is", "it", ""] : [`${held} drops are`, "one", " --only NAME"];
  return `${applied} applied, none pending. ${who} held; when nothing holds ${it}: ${unbroken(`ssot migrate --phase 3${only}`)}`;
}
