import { relative } from "node:path";
import type { DeprecateReport } from "../core/deprecate/deprecate.ts";
import type { Style } from "./style.ts";
import { alignColumns } from "./table.ts";
import { unbroken, wrapText } from "./wrap.ts";

/** What was written, what would be in the drop's way, and what to do next. */
export function renderDeprecate(
  { table, files, configuration, inTheWay }: DeprecateReport,
  style: Style,
  { from, isRead }: { readonly from: string; readonly isRead: boolean },
): string {
  const shown = (path: string): string => relative(from, path) || path;
  const [mark = "", drop = ""] = files.map(shown);
  const rows = [
    [mark, "marks and witnesses; ssot migrate applies it"],
    [drop, "the drop, held until its gate opens"],
    ...(configuration === null ? [] : [[shown(configuration), "the configuration: where the files lie"]]),
  ];
  const ways = inTheWay.map(({ kind, name, column }) => `${kind} ${name} (${column})`);
  const next = isRead
    ? `Review them, then mark with: ${unbroken("ssot migrate")}`
    : 'No command finds them yet: name their folder as "migrations" in the configuration.';
  return [
    ...rows.flatMap(([path = "", what = ""]) =>
      alignColumns([
        ["wrote", path],
        ["", style.dim(what)],
      ]),
    ),
    ...(ways.length === 0
      ? []
      : [
          "",
          wrapText(`As things stand the drop would be refused, for ${table} still has:`, { width: style.width }),
          ...ways.map((way) => wrapText(way, { width: style.width, first: "  - ", rest: "    " })),
        ]),
    "",
    wrapText(next, { width: style.width }),
  ].join("\n");
}
