import type { ExportReport } from "../core/export.ts";
import { countOf, formatBytes } from "./format.ts";
import type { Style } from "./style.ts";
import { alignColumns } from "./table.ts";
import { unbroken, wrapText } from "./wrap.ts";

/** The files that were written; the last line says how they are sent. */
export function renderExport({ files, format }: ExportReport, style: Style): string {
  const send =
    format === "supabase"
      ? `Send with: ${unbroken("supabase db push")}`
      : "Send each in this order, whole: SQL editor, RPC, or psql";
  return [
    ...alignColumns(
      files.map(({ path, bytes }) => [path, style.dim(formatBytes(bytes))]),
      "  ",
      style.width,
    ),
    "",
    wrapText(`${countOf(files.length, "file")} written. ${send}`, { width: style.width }),
  ].join("\n");
}
