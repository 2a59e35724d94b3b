import type { AnyColumnReport } from "../core/demo/run-any-column.ts";
import type { DemoReport } from "../core/demo/run-demo.ts";
import type { DemoClaim } from "../core/demo/story.ts";
import { countOf, formatCount } from "./format.ts";
import type { Style } from "./style.ts";
import { alignColumns } from "./table.ts";
import { unbroken, wrapText } from "./wrap.ts";

/** One claim, as soon as it is settled: a mark, what was claimed, and what was seen. */
export function renderClaim({ title, detail, held }: DemoClaim, style: Style): string {
  const mark = held ? style.good("held  ") : style.broken("broken");
  const told = detail.split("\n").map((line) => wrapText(line, { width: style.width, first: "          " }));
  return [`  ${mark}  ${title}`, ...told.map((line) => style.dim(line))].join("\n");
}

/** The table before and after, and the verdict. */
export function renderDemo({ before, after, claims, ok }: DemoReport, style: Style): string {
  const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;
  const rows = [
    ["", style.dim("before"), style.dim("after")],
    ["inbound calls shown as unknown", share(before.unknown, before.inbound), share(after.unknown, after.inbound)],
    [
      "inbound calls linked to a contact",
      share(before.inboundLinked, before.inbound),
      share(after.inboundLinked, after.inbound),
    ],
    [
      "outbound calls linked to a contact",
      share(before.outboundLinked, before.outbound),
      share(after.outboundLinked, after.outbound),
    ],
    ["where a caller's name is kept", "calls and contacts", "contacts.name alone"],
  ];
  const next = `On a database of your own, look first: ${unbroken("ssot migrate --dry-run")}`;
  const other = `For a column of any other table: ${unbroken("ssot demo --any-column")}`;
  return ending(rows, { claims, ok, next: [next, other] }, style);
}

/** The same of a column of any table. */
export function renderAnyColumn({ before, dropped, back, claims, ok }: AnyColumnReport, style: Style): string {
  const stages = [before, dropped, back];
  const count = (n: number | null): string => (n === null ? "no column" : formatCount(n));
  const rows = [
    ["", ...["before", "dropped", "taken back"].map((text) => style.dim(text))],
    ["pages", ...stages.map(({ pages }) => count(pages))],
    ["names copied into pages", ...stages.map(({ stored }) => count(stored))],
    ["copies that are not the author's name", ...stages.map(({ stale }) => count(stale))],
    ["an author's name is kept in", "pages, users", "users", "pages, users"],
  ];
  const next = `On a database of your own: ${unbroken('ssot deprecate TABLE.COLUMN --reason "…"')}; docs/any-column.md has the whole way.`;
  return ending(rows, { claims, ok, next: [next] }, style);
}

function ending(
  rows: readonly (readonly string[])[],
  { claims, ok, next }: Pick<DemoReport, "claims" | "ok"> & { readonly next: readonly string[] },
  style: Style,
): string {
  const broken = claims.filter(({ held }) => !held).length;
  const verdict = ok
    ? [`All ${claims.length} claims held. ${next[0]}`, ...next.slice(1)]
    : [`${countOf(broken, "claim is", "claims are")} broken.`];
  return [
    "",
    ...alignColumns(rows, "  ", style.width),
    "",
    ...verdict.map((line) => wrapText(line, { width: style.width })),
  ].join("\n");
}
