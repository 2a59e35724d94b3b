import type { SourceReport } from "../core/audit/scan-source.ts";
import { countOf } from "./format.ts";
import type { Style } from "./style.ts";
import { wrapText } from "./wrap.ts";

/** The lines of code that name a deprecated column, by file; the last line is the verdict. */
export function renderSource({ source }: { readonly source: SourceReport }, style: Style): string {
  const verdict =
    source.mentions.length === 0
      ? `${countOf(source.files, "file")} read: no line names a deprecated column.`
      : `${countOf(source.mentions.length, "line names", "lines name")} a deprecated column. One that is meant otherwise says ssot:ignore.`;
  return [
    ...listMentions(source, style),
    ...(source.mentions.length === 0 ? [] : [""]),
    wrapText(verdict, { width: style.width }),
  ].join("\n");
}

/** A line each: place and column, then the code. */
export function listMentions({ mentions }: SourceReport, style: Style): readonly string[] {
  return mentions.flatMap(({ file, line, column, text }) => [
    `  ${style.broken(column)}  ${file}:${line}`,
    style.dim(`      ${text.slice(0, Math.max(20, style.width - 6))}`),
  ]);
}
