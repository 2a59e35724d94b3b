import { stripVTControlCharacters } from "node:util";
import Table from "cli-table3";

const invisible = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "  ",
};

/**
 * Aligns rows of one-line cells into columns without rules: one line a row. Colours in the cells do not count. Where a line would be
 * wider than `width`, the last column of every row goes below the others, and so on until what is left fits.
 */
export function alignColumns(
  rows: readonly (readonly string[])[],
  indent = "  ",
  width = Number.POSITIVE_INFINITY,
): readonly string[] {
  return alignRows(rows, indent, width).flat();
}

/** The same, the lines of each row together. */
export function alignRows(
  rows: readonly (readonly string[])[],
  indent = "  ",
  width = Number.POSITIVE_INFINITY,
): readonly (readonly string[])[] {
  const lines = align(rows, indent);
  const widest = Math.max(0, ...lines.map((line) => stripVTControlCharacters(line).length));
  const most = Math.max(0, ...rows.map((row) => row.length));
  if (widest <= width || most < 2) return lines.map((line) => [line]);
  const above = alignRows(
    rows.map((row) => row.slice(0, most - 1)),
    indent,
    width,
  );
  return above.map((row, place) => {
    const last = rows[place]?.[most - 1] ?? "";
    return last === "" ? row : [...row, `${indent}    ${last}`];
  });
}

function align(rows: readonly (readonly string[])[], indent: string): readonly string[] {
  if (rows.length === 0) return [];
  const table = new Table({
    chars: invisible,
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
  });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => `${indent}${line}`.trimEnd());
}
