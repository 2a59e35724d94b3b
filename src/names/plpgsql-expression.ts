import { readTokens } from "../sql/tokens.ts";
import { resolve } from "./names.ts";
import type { Expression } from "./plpgsql-parts.ts";
import { visit } from "./query.ts";
import { linesOf, type Reading, reportText, reportUse, within } from "./reading.ts";
import { openScope, type Rows } from "./scope.ts";
import type { Tools } from "./tools.ts";
import { branchAt, listAt, nameParts, textAt, unwrap } from "./tree.ts";

/** Reads one; gives the rows of a query. What the grammar does not take is matched by its words. */
export function readExpression(tools: Tools, reading: Reading, expression: Expression): Rows {
  const { query, mode, line, built } = expression;
  // A variable by itself, as in RETURN new: it reads no column.
  if (mode === 2 && !built && /^\s*\w+\s*$/.test(query)) return "unknown";
  return within(reading, { line: linesOf(query, line) }, (inner) => {
    const rows = mode === 0 ? tools.script(inner, query) : readValue(tools, inner, query, mode);
    if (rows === undefined)
      for (const [at, text] of query.split("\n").entries()) reportText(inner, { value: text, line: line + at });
    if (built) readBuilt(tools, inner, expression);
    return rows ?? "unknown";
  });
}

function readValue(tools: Tools, reading: Reading, query: string, mode: number): Rows | undefined {
  if (mode === 2) return tools.script(reading, `select ${query}`);
  const { target, value } = cutAssignment(query);
  if (value === undefined) return undefined;
  const node = outputOf(tools, target);
  if (node === undefined) return undefined;
  const { kind, inner } = unwrap(node);
  const scope = openScope(undefined);
  const fields = listAt(inner, "fields");
  const line = reading.line(0);
  if (kind === "ColumnRef" && fields.length > 1) {
    reportUse(reading, {
      name: nameParts(fields).at(-1),
      rows: resolve(reading, fields.slice(0, -1), scope),
      how: "writes",
      line,
    });
  } else if (kind === "A_Indirection") {
    const rows = resolve(reading, listAt(branchAt(inner, "arg", "ColumnRef"), "fields"), scope);
    for (const name of nameParts(listAt(inner, "indirection"))) reportUse(reading, { name, rows, how: "writes", line });
    visit(reading, inner.indirection, scope);
  }
  return tools.script(reading, `select ${value}`);
}

/** `target := value`, or `target = value`: cut at the first such sign that stands in no brackets; without one, no value. */
function cutAssignment(query: string): { readonly target: string; readonly value: string | undefined } {
  const texts = readTokens(query).map(({ text }) => text);
  let depth = 0;
  const at = texts.findIndex((text) => {
    if (text === "[" || text === "(") depth += 1;
    if (text === "]" || text === ")") depth -= 1;
    return text === "=" && depth === 0;
  });
  const target = texts.slice(0, texts[at - 1] === ":" ? at - 1 : at).join("");
  return { target, value: at < 0 ? undefined : texts.slice(at + 1).join("") };
}

/** Text that becomes SQL: read as SQL where it is one constant, else its constants count for what they name. */
function readBuilt(tools: Tools, reading: Reading, { query, line }: Expression): void {
  const node = outputOf(tools, query);
  const value = textAt(branchAt(node, "A_Const", "sval"), "sval");
  if (value === undefined) {
    reading.builtText = true;
    const texts = within(reading, { constants: [], mentions: [] }, (inner) => {
      tools.script(inner, `select ${query}`);
      return inner.constants;
    });
    for (const text of texts) reportText(reading, text);
  } else {
    const own = { variables: new Map<string, Rows>(), labels: new Set<string>(), line: () => line };
    const rows = within(reading, own, (inner) => tools.script(inner, value));
    if (rows === undefined && reading.words.columnsIn(value).length > 0) reportText(reading, { value, line });
  }
}

function outputOf(tools: Tools, expression: string): unknown {
  const [statement] = listAt(tools.grammar.statements(`select ${expression}`), "stmts");
  const [output, ...more] = listAt(branchAt(statement, "stmt", "SelectStmt"), "targetList");
  return more.length > 0 ? undefined : branchAt(output, "ResTarget").val;
}
