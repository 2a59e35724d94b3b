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

/** Aligns rows of one-line cells into columns without rules: one line a row. Colours in the cells do not count. */
export function alignColumns(rows: readonly (readonly string[])[], indent = "  "): readonly string[] {
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
