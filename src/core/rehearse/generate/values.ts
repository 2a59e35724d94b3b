import type { GeneratedColumn } from "../../../db/queries/copying/generation-facts.ts";
import { quoteName, quoteText } from "../../../db/queries/copying/quote.ts";

/** Columns whose names say more than their types. */
const meanings: readonly (readonly [RegExp, string])[] = [
  [/mail/, "'x' || g.n || '@example.com'"],
  [/url|uri|link/, "'https://example.com/' || g.n"],
  [/country/, "'US'"],
  [/currency/, "'USD'"],
  [/time_?zone/, "'UTC'"],
  [/colou?r/, "'#' || lpad(to_hex(g.n % 16777216), 6, '0')"],
  [/digits/, "g.n::text"],
  [/phone/, "'+1202555' || lpad((g.n % 10000)::text, 4, '0')"],
];

const texts = ["text", "varchar", "bpchar", "citext", "name"];

const numbers: Readonly<Record<string, string>> = {
  int2: "g.n % 32000",
  int4: "g.n",
  int8: "g.n",
  float4: "g.n",
  float8: "g.n",
  money: "g.n",
  oid: "g.n",
};

const constants: Readonly<Record<string, string>> = {
  bool: "false",
  json: "'{}'",
  jsonb: "'{}'",
  xml: "'<x/>'",
  bytea: "''",
  inet: "'192.0.2.1'",
  cidr: "'192.0.2.1'",
  macaddr: "'02:00:00:00:00:00'",
  macaddr8: "'02:00:00:00:00:00:00:00'",
  time: "'09:00'",
  timetz: "'09:00+00'",
  interval: "'1 minute'",
  point: "'(0,0)'",
  varbit: "''",
  tsvector: "''",
  tsquery: "''",
  hstore: "''",
};

/** A moment of row `g.n`, later ones for larger numbers; of a column that ends something, an hour after those that begin it. */
const moment = (column: string): string =>
  `timestamptz '2025-01-01 00:00+00' + g.n * interval '1 second'${/end|until|expire|finish|close|deliver/.test(column) ? " + interval '1 hour'" : ""}`;

/**
 * An expression of SQL that gives row number `g.n` a value of this column; undefined where nobody knows one. Other rows get other values
 * wherever the type has enough. Pure.
 */
export function genericValue(column: GeneratedColumn, table: string): string | undefined {
  const text = textOf(column, table);
  return text === undefined ? undefined : `(${text})::${column.type}`;
}

/** Whether these values are distinct. Pure. */
export function isDistinct(column: GeneratedColumn): boolean {
  if (column.given) return column.distinct;
  if (column.label !== null || column.category === "A") return false;
  return (
    (texts.includes(column.base) && !/country|currency|time_?zone/.test(column.name)) ||
    ["int4", "int8", "float8", "numeric", "uuid", "timestamp", "timestamptz"].includes(column.base)
  );
}

function textOf(
  { name, base, category, kind, length, digits, label }: GeneratedColumn,
  table: string,
): string | undefined {
  if (label !== null) return quoteText(label);
  if (category === "A") return "'{}'";
  if (kind === "r") return "'empty'";
  if (kind === "m") return "'{}'";
  if (texts.includes(base))
    return shorten(meanings.find(([pattern]) => pattern.test(name))?.[1] ?? "'x' || g.n", length);
  if (base === "numeric") return digits === null ? "g.n" : `g.n % ${10 ** Math.min(Math.max(digits, 0), 9)}`;
  if (base === "uuid") return `md5(${quoteText(table)} || g.n)::uuid`;
  if (base === "bit") return `repeat('0', ${length ?? 1})`;
  if (base === "date") return "date '2020-01-01' + (g.n % 2000)::integer";
  if (base === "timestamp" || base === "timestamptz") return moment(name);
  return numbers[base] ?? constants[base];
}

function shorten(text: string, length: number | null): string {
  if (length === null) return text;
  return length < 12 ? `right(lpad(to_hex(g.n), ${length}, '0'), ${length})` : `left(${text}, ${length})`;
}

/** A value within the bounds of a part, as PostgreSQL writes them; undefined where they cannot be met so. Pure. */
export function valueInPart(bound: string, column: GeneratedColumn, rows: number): string | undefined {
  const [, first] = /^FOR VALUES IN \('((?:[^']|'')*)'/.exec(bound) ?? [];
  if (first !== undefined) return `'${first}'::${column.type}`;
  const [, from, to] = /^FOR VALUES FROM \('?([^')]+)'?\) TO \('?([^')]+)'?\)$/.exec(bound) ?? [];
  if (from === undefined || to === undefined || /MINVALUE|MAXVALUE/.test(from + to)) return undefined;
  const [low, high] = [`'${from}'::${column.type}`, `'${to}'::${column.type}`];
  const share = `(g.n - 1)::float8 / ${rows}`;
  if (column.base === "timestamptz" || column.base === "timestamp") return `${low} + (${high} - ${low}) * (${share})`;
  if (column.base === "date") return `${low} + floor((${high} - ${low}) * ${share})::integer`;
  return ["int2", "int4", "int8"].includes(column.base)
    ? `(${low} + floor((${high} - ${low}) * ${share}))::${column.type}`
    : undefined;
}

/** A number of ten digits that nobody else has, from a number of a person: an area code, an exchange and a line. Pure. */
export function phoneOf(person: string): { readonly area: string; readonly exchange: string; readonly line: string } {
  // The factor is prime: the product walks all 6.4 thousand million numbers before one comes back.
  const digits = `((${person}) * 2654435761 % 6400000000)`;
  return {
    area: `(200 + ${digits} % 800)`,
    exchange: `(200 + ${digits} / 800 % 800)`,
    line: `lpad((${digits} / 640000 % 10000)::text, 4, '0')`,
  };
}

/** A share of rows in thousandths, drawn by their number. Pure. */
export function drawn(seed: number, below: number): string {
  return `(pg_catalog.hashint8extended(g.n, ${seed}) & 1048575) % 1000 < ${below}`;
}

export const columnOf = (alias: string, name: string): string => `${alias}.${quoteName(name)}`;
