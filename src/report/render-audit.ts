import type { AuditReport, Writer } from "../core/audit/audit-deprecated.ts";
import { neverObserved } from "../model/never-observed.ts";
import { countOf, formatCount, formatDay, formatMoment } from "./format.ts";
import { listMentions } from "./render-source.ts";
import { daysBetween, sparkline } from "./sparkline.ts";
import type { Style } from "./style.ts";
import { alignColumns } from "./table.ts";
import { unbroken, wrapText } from "./wrap.ts";

/** Writers, dependents, readers, what nobody can see; the last lines are the verdict about the drop. */
export function renderAudit(
  report: AuditReport,
  style: Style,
  { by, verbose = false }: { readonly by: "column" | "writer" | "day" | "org"; readonly verbose?: boolean | undefined },
): string {
  const blocks = [
    report.writes.byColumn.flatMap((column) => describeColumn(report, column, style, by)),
    by === "org" ? listOrganisations(report, style) : [],
    labelled(
      "depends on it",
      report.dependents.map(describeDependent),
      style.broken,
      style,
      "nothing that can be found",
    ),
    describeReaders(report, style),
    describeSource(report, style),
    describeWitness(report, style),
    labelled("not observed", unobservedHere(report, verbose), style.dim, style, ""),
    describeGate(report, style),
  ];
  return blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

// What is so everywhere, and what `reads it` has said already, are told to who asks for more.
function unobservedHere({ notObserved, readersObserved: readers }: AuditReport, verbose: boolean): readonly string[] {
  if (verbose) return notObserved;
  const said = readers.known ? undefined : `who reads the columns: ${readers.reason}`;
  return notObserved.filter((what) => what !== said && !neverObserved.includes(what));
}

type ColumnFigures = AuditReport["writes"]["byColumn"][number];

function describeColumn(
  report: AuditReport,
  { table, column, writes, last }: ColumnFigures,
  style: Style,
  by: string,
): readonly string[] {
  const days = daysBetween(report.since, new Date());
  const isOne = (row: { readonly table: string; readonly column: string }): boolean =>
    row.table === table && row.column === column;
  const widest = Math.max(18, ...report.writes.byColumn.map((each) => labelOf(each).length));
  const name = `  ${labelOf({ table, column }).padEnd(widest)}`;
  const latest = last === null ? "" : `, last ${formatMoment(last)}`;
  if (writes === 0) return [`${name} ${style.good("none")} since ${formatDay(report.since)}${latest}`];
  const head = `${name} ${style.broken(countOf(writes, "write"))} since ${formatDay(report.since)}${latest}`;
  const perDay = days.map((day) =>
    report.writes.byDay.reduce((sum, row) => (row.day === day && isOne(row) ? sum + row.writes : sum), 0),
  );
  const chart = `      ${sparkline(perDay)}  ${style.dim("a day")}`;
  if (by === "day") {
    const rows = report.writes.byDay.filter((row) => isOne(row) && row.writes > 0);
    return [
      head,
      chart,
      ...alignColumns(
        rows.map((row) => [row.day, formatCount(row.writes)]),
        "      ",
      ),
    ];
  }
  if (by !== "writer") return [head, chart];
  const writers = report.writes.byWriter.filter(isOne);
  return [head, chart, ...writers.flatMap((writer) => describeWriter(writer, style))];
}

/** As SQL writes it, without the schema that is the usual one. */
function labelOf({ table, column }: Pick<ColumnFigures, "table" | "column">): string {
  const quoted = /^[a-z_][a-z0-9_$]*$/.test(column) ? column : `"${column.replaceAll('"', '""')}"`;
  return `${table.replace(/^public\./, "")}.${quoted}`;
}

function describeWriter(writer: Writer, style: Style): readonly string[] {
  const who = `${writer.application ?? "no application name"} (role ${writer.role})`;
  const how = `${writer.operations.join(", ")} seen ${writer.seen.join(", ")}, last ${formatMoment(writer.last)}`;
  const statement = writer.statement ?? "statement not kept";
  return [
    `      ${style.look(formatCount(writer.writes).padStart(6))}  ${who}`,
    style.dim(wrapText(how, { width: style.width, first: "              " })),
    style.dim(`              ${cut(statement, style.width - 14)}`),
  ];
}

function listOrganisations({ writes }: AuditReport, style: Style): readonly string[] {
  if (writes.byOrg.length === 0) return [];
  const rows = writes.byOrg.map(({ org, writes: n, last }) => [org ?? "not known", formatCount(n), formatMoment(last)]);
  const head = ["organisation", "writes", "last"].map((text) => style.dim(text));
  return alignColumns([head, ...rows], "  ", style.width);
}

function describeDependent({ kind, name, column, detail }: AuditReport["dependents"][number]): string {
  return `${kind} ${name}${column === null ? "" : ` (${column})`}${detail === "" ? "" : `: ${detail}`}`;
}

function describeReaders(report: AuditReport, style: Style): readonly string[] {
  const { readersObserved: observed } = report;
  const readers = report.readers.filter(({ weight }) => weight !== "past");
  if (!observed.known && readers.length === 0) {
    return labelled("reads it", [`unknown: ${observed.reason}`], style.look, style, "");
  }
  const listed = readers.map(
    ({ source, role, calls, columns, how, weight, statement, lastSeen, seenAfter }) =>
      `${how} ${columns.join(", ")}: ${countOf(calls, "call")} by ${role}${source === "" ? "" : ` on ${source}`}, ${seen(lastSeen, seenAfter)}${weights[weight]}\n${unbroken(cut(statement, style.width - 17))}`,
  );
  return labelled("reads it", listed, style.look, style, `nothing${observed.known ? among(observed) : ""}`);
}

const weights: Readonly<Record<AuditReport["readers"][number]["weight"], string>> = {
  reason: "",
  told: "; the gate does not count it",
  excused: "; its role is excused",
  past: "",
};

function seen(last: Date | null, after: Date | null): string {
  if (last === null) return "not since the first look";
  return after === null || last.getTime() - after.getTime() < 86_400_000
    ? `last ${formatMoment(last)}`
    : `last between ${formatMoment(after)} and ${formatMoment(last)}`;
}

function among({ seen, since, evicted }: Extract<AuditReport["readersObserved"], { readonly known: true }>): string {
  const window = ` among ${formatCount(seen)} statements recorded since ${formatDay(since)}`;
  return evicted > 0 ? `${window}, ${formatCount(evicted)} times some were evicted` : window;
}

function describeSource({ source }: AuditReport, style: Style): readonly string[] {
  if (source === undefined) return [];
  if (source.mentions.length === 0) {
    return labelled("in the code", [], style.dim, style, `nothing in ${countOf(source.files, "file")}`);
  }
  return ["  in the code", ...listMentions(source, style)];
}

function describeWitness({ witness, phase3 }: AuditReport, style: Style): readonly string[] {
  if (phase3.dropped) return [];
  if (!witness.awake) return labelled("the witness", witness.problems, style.broken, style, "");
  const since = witness.since === null ? "" : ` since ${formatMoment(witness.since)}`;
  return labelled("the witness", [`awake and untouched${since}`], style.good, style, "");
}

function describeGate({ phase3 }: AuditReport, style: Style): readonly string[] {
  const { width } = style;
  if (phase3.dropped) return [wrapText("The columns are dropped.", { width })];
  if (phase3.ready) return [wrapText(`The columns may go: ${unbroken("ssot migrate --phase 3")}`, { width })];
  const reasons = phase3.reasons.flatMap(({ message, hint }) => [
    wrapText(message, { width, first: "  - ", rest: "    " }),
    ...(hint === "" ? [] : [style.dim(wrapText(hint, { width, first: "    → ", rest: "      " }))]),
  ]);
  const opens = phase3.opensAt === null ? "" : ` By time and silence it could from ${formatMoment(phase3.opensAt)} on.`;
  const late = phase3.overdue ? " The date of the drop has passed, and the columns are still there." : "";
  return ["  The drop is held", ...reasons, "", wrapText(`The columns may not go yet.${opens}${late}`, { width })];
}

function labelled(
  label: string,
  lines: readonly string[],
  paint: (text: string) => string,
  { width, dim, good }: Style,
  none: string,
): readonly string[] {
  const first = `  ${label.padEnd(14)} `;
  const rest = " ".repeat(first.length);
  if (lines.length === 0) return none === "" ? [] : [`${dim(first)}${good(none)}`];
  return lines.flatMap((line, n) =>
    wrapText(line, { width, first: rest })
      .split("\n")
      .map((text, m) => `${n === 0 && m === 0 ? dim(first) : rest}${paint(text.slice(rest.length))}`),
  );
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(10, width - 1))}…`;
}
