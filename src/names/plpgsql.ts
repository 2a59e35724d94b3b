import { readTokens } from "../sql/tokens.ts";
import { readExpression } from "./plpgsql-expression.ts";
import { collectParts, type Parts } from "./plpgsql-parts.ts";
import { type Reading, reportUse, within } from "./reading.ts";
import { mixRows, type Rows } from "./scope.ts";
import type { Tools } from "./tools.ts";
import { branchAt, listAt } from "./tree.ts";

/** Reads a body of PL/pgSQL, expression by expression; false where the grammar does not take it. */
export function readPlpgsql(
  tools: Tools,
  reading: Reading,
  { source, body }: { readonly source: string; readonly body: string },
): boolean {
  const at = source.lastIndexOf(body);
  if (body === "" || at < 0) return false;
  const whole = source.slice(0, at) + withoutRowtype(body) + source.slice(at + body.length);
  const [routine] = listAt(tools.grammar.plpgsql(whole), "plpgsql_funcs");
  const tree = branchAt(routine, "PLpgSQL_function");
  if (tree.action === undefined) return false;
  const parts = collectParts(tree, body, reading.words);
  for (const label of parts.labels) reading.labels.add(label);
  nameVariables(tools, reading, parts);
  for (const expression of parts.expressions) readExpression(tools, reading, expression);
  for (const { record, field, line } of parts.targets) {
    reportUse(reading, { name: field, rows: reading.variables.get(record) ?? "unknown", how: "writes", line });
  }
  return true;
}

/** `calls%rowtype` is a row of calls: blanked out, because this grammar, without a catalog, takes it for a scalar. */
function withoutRowtype(body: string): string {
  const tokens = readTokens(body);
  const texts = tokens.map(({ text }) => text);
  for (const [at, { kind, text }] of tokens.entries()) {
    if (kind !== "other" || text !== "%") continue;
    const next = tokens.findIndex((token, place) => place > at && !/^space$|-comment$/.test(token.kind));
    if (texts[next]?.toLowerCase() !== "rowtype") continue;
    texts[at] = " ";
    texts[next] = " ".repeat("rowtype".length);
  }
  return texts.join("");
}

/** Says for each variable whose rows it holds: by its type, or by what fills it anywhere in the body. */
function nameVariables(tools: Tools, reading: Reading, parts: Parts): void {
  const filled = new Map<string, Rows[]>();
  const fill = (record: string, rows: Rows): unknown => filled.set(record, [...(filled.get(record) ?? []), rows]);
  // A first reading, of which only the rows of the queries count.
  const wholeRows = within(reading, { mentions: [], constants: [], variables: new Map() }, (rehearsal) => {
    for (const expression of parts.expressions) {
      const rows = readExpression(tools, rehearsal, expression);
      if (expression.fills !== undefined) fill(expression.fills, rows);
    }
    return rehearsal.wholeRows;
  });
  for (const { record, by } of parts.fills) fill(record, by === "cursor" ? (wholeRows ? "table" : "other") : "unknown");
  const declared = parts.variables.filter(({ name, line }) => line > 0 || !reading.variables.has(name));
  for (const { name, type, line } of declared) {
    const rows = rowsOf(reading, { name, type, filled: filled.get(name) ?? ["unknown"] });
    reading.variables.set(name, mixRows([rows, reading.variables.get(name) ?? "other"]));
    readType(reading, type ?? "", line || 1);
  }
}

function rowsOf(
  reading: Reading,
  {
    name,
    type,
    filled,
  }: { readonly name: string; readonly type: string | undefined; readonly filled: readonly Rows[] },
): Rows {
  if (type === undefined && (name === "new" || name === "old")) return reading.fires ? "table" : "other";
  if (type === undefined || type === "record") return mixRows(filled);
  const parts = type.replace(/\[.*$/, "").split(".").map(unquoted);
  return reading.isTable(parts.at(-2), parts.at(-1)) ? "table" : "other";
}

/** `declare x public.calls.caller_name%type` does not compile without the column. */
function readType(reading: Reading, type: string, line: number): void {
  const parts = type
    .replace(/%type.*$/i, "")
    .split(".")
    .map(unquoted);
  if (!/%type/i.test(type) || !reading.isTable(parts.at(-3), parts.at(-2))) return;
  reportUse(reading, { name: parts.at(-1), rows: "table", how: "reads", line });
}

function unquoted(name: string): string {
  const trimmed = name.trim();
  return trimmed.startsWith('"') ? trimmed.slice(1, -1) : trimmed.toLowerCase();
}
