import type { Grammar } from "./grammar.ts";
import { readPlpgsql } from "./plpgsql.ts";
import { readQuery, visit } from "./query.ts";
import { type Reading, reportAll, reportText, reportUse, within } from "./reading.ts";
import { readRoutine } from "./routine.ts";
import { openScope, type Rows, type Scope } from "./scope.ts";
import type { Tools } from "./tools.ts";
import { type Branch, branchAt, findAll, listAt, nameParts, numberAt, textAt, unwrap } from "./tree.ts";

/** The reader of statements over a grammar. */
export function toolsOf(grammar: Grammar): Tools {
  const tools: Tools = { grammar, script: (reading, sql) => readScript(tools, reading, sql) };
  return tools;
}

function readScript(tools: Tools, reading: Reading, sql: string): Rows | undefined {
  const tree = tools.grammar.statements(sql);
  if (tree === undefined) return undefined;
  const bytes = Buffer.from(sql);
  let rows: Rows = "other";
  for (const statement of listAt(tree, "stmts")) {
    const from = numberAt(statement, "stmt_location");
    const length = numberAt(statement, "stmt_len");
    const own = bytes.subarray(from, length === 0 ? undefined : from + length).toString();
    rows = readStatement(tools, reading, branchAt(statement, "stmt"), own);
  }
  return rows;
}

const queries = /^(Select|Insert|Update|Delete|Merge)Stmt$/;
const carriers = /^(Explain|Prepare|DeclareCursor|CreateTableAs|View)Stmt$/;
const expressions = /^(Call|Execute|Return)Stmt$/;

function readStatement(tools: Tools, reading: Reading, node: unknown, sql: string): Rows {
  const { kind, inner } = unwrap(node);
  const scope = openScope(undefined);
  if (queries.test(kind)) return readQuery(reading, node, scope);
  if (carriers.test(kind)) {
    const rows = readStatement(tools, reading, inner.query, sql);
    if (rows === "table") reading.copiesTable(textAt(branchAt(inner, "into", "rel"), "relname"));
  } else if (expressions.test(kind)) visit(reading, inner, scope);
  else if (kind === "CopyStmt") readCopy(reading, inner, scope);
  else if (kind === "CreateFunctionStmt") readRoutine(tools, reading, inner, sql);
  else if (kind === "DoStmt") readDo(tools, reading, inner, sql);
  else readUtility(reading, inner);
  return "unknown";
}

function readCopy(reading: Reading, copy: Branch, scope: Scope): void {
  if (copy.query !== undefined) within(reading, { reads: "copy" }, (inner) => readQuery(inner, copy.query, scope));
  const table = branchAt(copy, "relation");
  if (!reading.isTable(textAt(table, "schemaname"), textAt(table, "relname"))) return;
  const line = reading.line(numberAt(table, "location"));
  const columns = nameParts(listAt(copy, "attlist"));
  const how = copy.is_from === true ? "writes" : "copy";
  for (const name of columns) reportUse(reading, { name, rows: "table", how, line });
  if (columns.length > 0) return;
  if (how === "writes") reportAll(reading, how, line, "text");
  else reportAll(reading, "select *", line, "grammar");
}

function readDo(tools: Tools, reading: Reading, statement: Branch, sql: string): void {
  const options = listAt(statement, "args").map((option) => branchAt(option, "DefElem"));
  const language = branchAt(
    options.find(({ defname }) => defname === "language"),
    "arg",
    "String",
  );
  const body =
    textAt(
      branchAt(
        options.find(({ defname }) => defname === "as"),
        "arg",
        "String",
      ),
      "sval",
    ) ?? sql;
  if ((textAt(language, "sval") ?? "plpgsql") === "plpgsql" && readPlpgsql(tools, reading, { source: sql, body }))
    return;
  reportText(reading, { value: body, line: 1 });
}

/** Anything else, DDL for the most part, is no query: its words count where they are about the table. */
function readUtility(reading: Reading, inner: Branch): void {
  for (const like of findAll(inner, "TableLikeClause")) {
    const from = branchAt(like, "relation");
    if (reading.isTable(textAt(from, "schemaname"), textAt(from, "relname"))) {
      reading.copiesTable(textAt(branchAt(inner, "relation"), "relname"));
    }
  }
  const said = JSON.stringify(inner);
  if (reading.words.columnsIn(said).length > 0 && reading.words.nameTable(said)) {
    reportText(reading, { value: said, line: reading.line(0) });
  }
}
