import type { TrialColumn } from "../../db/queries/trial-tables.ts";

const texts: Readonly<Record<string, string>> = {
  json: "{}",
  jsonb: "{}",
  xml: "<a/>",
  bytea: "",
  tsvector: "",
  tsquery: "",
  point: "(0,0)",
  macaddr: "08:00:2b:01:02:03",
};

/** A value of a column's type, as text; another one for each n. Undefined: nobody here knows one. */
export function makeUp(column: TrialColumn, n: number): string | undefined {
  if (column.base === "uuid") return crypto.randomUUID();
  const known = texts[column.base];
  if (known !== undefined) return known;
  switch (column.category) {
    case "S":
      return `trial ${n}`;
    case "N":
      return String(n);
    case "B":
      return "false";
    case "D":
      return column.base.startsWith("time") && !column.base.startsWith("timestamp") ? "12:00" : "2026-01-02";
    case "T":
      return `${n} days`;
    case "A":
      return "{}";
    case "R":
      return "empty";
    case "I":
      return "127.0.0.1";
    case "E":
      return column.label ?? undefined;
    case "V":
      return "0";
    default:
      return undefined;
  }
}
