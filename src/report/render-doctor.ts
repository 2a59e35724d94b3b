import type { DoctorCheck, DoctorReport } from "../core/doctor.ts";
import { countOf } from "./format.ts";
import type { Style } from "./style.ts";
import { unbroken, wrapText } from "./wrap.ts";

const titleWidth = 14;
const statusWidth = 9;
const indent = " ".repeat(2 + titleWidth + statusWidth);

/** One line a check, its remedy below it; the last line is the verdict. */
export function renderDoctor(report: DoctorReport, style: Style): string {
  return [
    ...report.checks.flatMap((check) => describeCheck(check, style)),
    "",
    wrapText(verdict(report), { width: style.width }),
  ].join("\n");
}

function describeCheck({ title, status, detail, remedy }: DoctorCheck, style: Style): readonly string[] {
  const paint = { fine: style.good, warning: style.look, problem: style.broken }[status];
  // Wrapped without colour, which would count as letters.
  const lines = wrapText(detail, { width: style.width, first: indent, rest: indent }).split("\n");
  const head = `  ${title.padEnd(titleWidth)}${paint(status)}${" ".repeat(statusWidth - status.length)}`;
  const first = `${head}${(lines[0] ?? "").slice(indent.length)}`.trimEnd();
  const what =
    remedy === null
      ? []
      : [style.dim(wrapText(remedy, { width: style.width, first: `${indent}→ `, rest: `${indent}  ` }))];
  return [first, ...lines.slice(1), ...what];
}

function verdict({ checks }: DoctorReport): string {
  const count = (wanted: DoctorCheck["status"]): number => checks.filter(({ status }) => status === wanted).length;
  const warnings = count("warning");
  const look = warnings === 0 ? "" : ` ${countOf(warnings, "thing needs", "things need")} a look.`;
  const problems = count("problem");
  if (problems > 0) return `${countOf(problems, "problem")} would stop a run.${look} Nothing was changed.`;
  return `Nothing would stop a run.${look} Nothing was changed. Next: ${unbroken("ssot migrate --dry-run")}`;
}
