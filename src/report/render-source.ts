import { isBreaking } from "../core/audit/source/find-names.ts";
import type { SourceReport } from "../core/audit/source/scan-source.ts";
import { countOf } from "./format.ts";
import type { Style } from "./style.ts";
import { wrapText } from "./wrap.ts";

/** The lines of code that use a deprecated column, by file; the last line is the verdict. */
export function renderSource({ source }: { readonly source: SourceReport }, style: Style): string {
  return [
    ...listMentions(source, style),
    ...(source.mentions.length === 0 ? [] : [""]),
    wrapText(verdictOf(source), { width: style.width }),
  ].join("\n");
}

function verdictOf(source: SourceReport): string {
  const breaks = source.mentions.filter(isBreaking).length;
  const told = source.mentions.length - breaks;
  const rest =
    told === 0
      ? ""
      : ` ${countOf(told, "other line reads whole rows or may", "other lines read whole rows or may")} mean something else.`;
  if (breaks === 0) return `${countOf(source.files, "file")} read: no line names a deprecated column.${rest}`;
  return `${countOf(breaks, "line names", "lines name")} a deprecated column.${rest} One that is meant otherwise says ssot:ignore.`;
}

/** A line each: column, place, what is done and how sure that is, then the code. */
export function listMentions({ mentions }: SourceReport, style: Style): readonly string[] {
  return mentions.flatMap(({ file, line, table, column, use, certainty, text }) => {
    const name = column === "*" ? `${table} *` : column;
    return [
      `  ${certainty === "possible" ? style.look(name) : style.broken(name)}  ${file}:${line}  ${use}, ${certainty}`,
      style.dim(`      ${text.slice(0, Math.max(20, style.width - 6))}`),
    ];
  });
}
