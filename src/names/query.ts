import { readConstant, readName, readParameter, readTypeName, resolve } from "./names.ts";
import { type Reading, report, reportAll, reportUse, within } from "./reading.ts";
import { mixRows, openScope, queryNamed, type Rows, type Scope, type Source, tableInReach } from "./scope.ts";
import { type Branch, branchAt, findAll, isBranch, listAt, nameParts, numberAt, textAt, unwrap } from "./tree.ts";

/** Reads whatever stands in a tree: expressions, and the queries within them. */
export function visit(reading: Reading, node: unknown, scope: Scope): void {
  if (Array.isArray(node)) for (const each of node) visit(reading, each, scope);
  else if (isBranch(node)) {
    for (const [key, value] of Object.entries(node)) {
      if (!isBranch(value)) visit(reading, value, scope);
      else if (/^(Select|Insert|Update|Delete|Merge)Stmt$/.test(key)) readQuery(reading, { [key]: value }, scope);
      else if (key === "ColumnRef") readName(reading, value, scope);
      else if (key === "TypeName") readTypeName(reading, value);
      else if (key === "A_Const") readConstant(reading, value);
      else if (key === "ParamRef") readParameter(reading, value);
      else if (key === "A_Indirection") readField(reading, value, scope);
      else if (key === "FuncCall") readCall(reading, value, scope);
      else if (key === "A_Expr") readOperator(reading, value, scope);
      else visit(reading, value, scope);
    }
  }
}

/** Reads one query or change of data; says whether its rows are whole rows of the table. */
export function readQuery(reading: Reading, node: unknown, around: Scope): Rows {
  const { kind, inner } = unwrap(node);
  const scope = openScope(around);
  readWith(reading, branchAt(inner, "withClause"), scope);
  if (kind === "SelectStmt") return readSelect(reading, inner, scope);
  if (/^(Insert|Update|Delete|Merge)Stmt$/.test(kind)) return readChange(reading, kind, inner, scope);
  visit(reading, node, scope);
  return "unknown";
}

function readWith(reading: Reading, clause: Branch, scope: Scope): void {
  const recursive = clause.recursive === true;
  for (const entry of listAt(clause, "ctes")) {
    const query = branchAt(entry, "CommonTableExpr");
    const name = textAt(query, "ctename") ?? "";
    if (recursive) scope.queries.set(name, "other");
    const rows = readQuery(reading, query.ctequery, scope);
    scope.queries.set(name, rows);
    // What a recursive query takes from itself are those rows.
    if (recursive && rows === "table") readQuery(reading, query.ctequery, scope);
  }
}

function readSelect(reading: Reading, select: Branch, scope: Scope): Rows {
  const parts = [branchAt(select, "larg"), branchAt(select, "rarg")].filter((part) => Object.keys(part).length > 0);
  if (parts.length > 0) {
    const rows = parts.map((part) => readQuery(reading, { SelectStmt: part }, scope));
    visit(
      reading,
      withoutOutputNames(select, "sortClause", () => true),
      scope,
    );
    visit(reading, [select.limitOffset, select.limitCount], scope);
    return mixRows(rows);
  }
  const level = openScope(scope);
  readFrom(reading, listAt(select, "fromClause"), level, scope);
  const outputs = listAt(select, "targetList");
  const named = new Set(outputs.map((output) => textAt(branchAt(output, "ResTarget"), "name")));
  const isOutput = (name: string | undefined): boolean => named.has(name);
  const { whereClause, groupClause, havingClause, windowClause, valuesLists, limitOffset, limitCount } = select;
  visit(reading, [outputs, whereClause, groupClause, havingClause, windowClause, valuesLists], level);
  visit(reading, withoutOutputNames(select, "sortClause", isOutput), level);
  visit(reading, withoutOutputNames(select, "distinctClause", isOutput), level);
  visit(reading, [limitOffset, limitCount], level);
  const rows = outputRows(reading, outputs, level);
  if (rows === "table") reading.copiesTable(textAt(branchAt(select, "intoClause", "rel"), "relname"));
  return rows;
}

/** ORDER BY and DISTINCT ON take a bare name for the output of that name, where there is one. */
function withoutOutputNames(select: Branch, clause: string, isOutput: (name: string | undefined) => boolean): unknown {
  return listAt(select, clause).filter((item) => {
    const node = isBranch(item) && "SortBy" in item ? branchAt(item, "SortBy").node : item;
    const [name, ...more] = nameParts(listAt(branchAt(node, "ColumnRef"), "fields"));
    return !(name !== undefined && more.length === 0 && isOutput(name));
  });
}

function outputRows(reading: Reading, outputs: readonly unknown[], level: Scope): Rows {
  const stars = outputs.flatMap((output): Rows[] => {
    const fields = listAt(branchAt(output, "ResTarget", "val", "ColumnRef"), "fields");
    if (!isBranch(fields.at(-1)) || !("A_Star" in branchAt({ last: fields.at(-1) }, "last"))) return [];
    return fields.length === 1 ? level.sources.map(({ rows }) => rows) : [resolve(reading, fields.slice(0, -1), level)];
  });
  const rows = stars.includes("table") ? "table" : "other";
  if (rows === "table") reading.wholeRows = true;
  return rows;
}

function readFrom(reading: Reading, items: readonly unknown[], level: Scope, outside: Scope): void {
  for (const item of items) {
    const { kind, inner } = unwrap(item);
    const alias = textAt(branchAt(inner, "alias"), "aliasname");
    if (kind === "RangeVar") level.sources.push({ ...tableSource(reading, inner, outside) });
    else if (kind === "RangeSubselect") {
      const rows = readQuery(reading, inner.subquery, inner.lateral === true ? level : outside);
      level.sources.push({ name: alias, rows });
    } else if (kind === "JoinExpr") readJoin(reading, inner, level, outside);
    else if (kind === "RangeTableSample") {
      readFrom(reading, [inner.relation], level, outside);
      visit(reading, [inner.args, inner.repeatable], level);
    } else {
      const before = reading.rowAsValue;
      reading.rowAsValue = false;
      visit(reading, inner, level);
      const names = findAll(inner, "FuncCall").map((call) => nameParts(listAt(call, "funcname")).at(-1));
      const rows =
        kind === "RangeFunction" && (reading.rowAsValue || names.some(reading.returnsRows)) ? "table" : "other";
      reading.rowAsValue ||= before;
      level.sources.push({ name: alias ?? names[0], rows });
    }
  }
}

function tableSource(reading: Reading, table: Branch, scope: Scope): Source {
  const schema = textAt(table, "schemaname");
  const name = textAt(table, "relname");
  const query = schema === undefined && name !== undefined ? queryNamed(name, scope) : undefined;
  const rows = query ?? (reading.isTable(schema, name) ? "table" : "other");
  if (query === undefined && reading.readsThrough(schema, name)) {
    reportAll(reading, "view", reading.line(numberAt(table, "location")), "grammar");
  }
  return { name: textAt(branchAt(table, "alias"), "aliasname") ?? name, rows };
}

function readJoin(reading: Reading, join: Branch, level: Scope, outside: Scope): void {
  const before = level.sources.length;
  readFrom(reading, [join.larg, join.rarg], level, outside);
  const rows = mixRows(level.sources.slice(before).map((source) => source.rows));
  for (const name of nameParts(listAt(join, "usingClause"))) {
    reportUse(reading, { name, rows: rows === "table" ? rows : "other", how: "reads", line: reading.line(0) });
  }
  visit(reading, join.quals, level);
  const alias = textAt(branchAt(join, "alias"), "aliasname");
  if (alias !== undefined) level.sources.push({ name: alias, rows });
}

function readChange(reading: Reading, kind: string, change: Branch, scope: Scope): Rows {
  const target = tableSource(reading, branchAt(change, "relation"), openScope(undefined));
  const line = reading.line(numberAt(branchAt(change, "relation"), "location"));
  const level = openScope(scope, [target]);
  const written = (nodes: readonly unknown[]): void => {
    for (const node of nodes) {
      const column = branchAt(node, "ResTarget");
      const at = reading.line(numberAt(column, "location"));
      reportUse(reading, { name: textAt(column, "name"), rows: target.rows, how: "writes", line: at });
    }
  };
  if (kind === "InsertStmt") {
    readQuery(reading, change.selectStmt, scope);
    const columns = listAt(change, "cols");
    written(columns);
    // Without a list the values are counted off: those for the columns may be among them.
    if (target.rows === "table" && columns.length === 0 && change.selectStmt !== undefined) {
      reportAll(reading, "writes", line, "text");
    }
    const conflict = branchAt(change, "onConflictClause");
    const both = openScope(scope, [target, { name: "excluded", rows: target.rows }]);
    for (const key of findAll(conflict.infer, "IndexElem")) {
      reportUse(reading, { name: textAt(key, "name"), rows: target.rows, how: "reads", line });
    }
    written(listAt(conflict, "targetList"));
    visit(reading, conflict, both);
  } else {
    const { fromClause, usingClause, sourceRelation } = change;
    const sources = [fromClause, usingClause].flatMap((list) => (Array.isArray(list) ? list : []));
    readFrom(reading, sourceRelation === undefined ? sources : [sourceRelation], level, scope);
    const actions = listAt(change, "mergeWhenClauses").map((action) => branchAt(action, "MergeWhenClause"));
    for (const from of [change, ...actions]) written(listAt(from, "targetList"));
    visit(reading, [change.targetList, change.whereClause, change.joinCondition, actions], level);
  }
  const transition = ["old", "new"].map((name): Source => ({ name, rows: target.rows }));
  const returned = openScope(level, [...level.sources, ...transition]);
  const outputs = [...listAt(change, "returningList"), ...listAt(branchAt(change, "returningClause"), "exprs")];
  within(reading, { reads: "returning" }, (inner) => visit(inner, outputs, returned));
  return outputRows(reading, outputs, openScope(scope, level.sources));
}

function readField(reading: Reading, indirection: Branch, scope: Scope): void {
  const before = reading.rowAsValue;
  reading.rowAsValue = false;
  visit(reading, [indirection.arg, indirection.indirection], scope);
  const rows = fieldRows(reading, indirection.arg, scope);
  reading.rowAsValue ||= before;
  const line = reading.line(numberAt(branchAt(indirection, "arg", "ColumnRef"), "location"));
  for (const name of nameParts(listAt(indirection, "indirection")))
    reportUse(reading, { name, rows, how: reading.reads, line });
}

function fieldRows(reading: Reading, argument: unknown, scope: Scope): Rows {
  const { kind, inner } = unwrap(argument);
  if (kind === "ColumnRef") return resolve(reading, listAt(inner, "fields"), scope);
  if (kind === "ParamRef") return reading.variables.get(`$${numberAt(inner, "number")}`) ?? "unknown";
  return reading.rowAsValue ? "table" : "unknown";
}

const keyOperators = /^(->>?|#>>?|@>|\?[|&]?|@\?|@@)$/;
const keyFunctions = /^jsonb?_(extract_path|path_)/;

/** `to_jsonb(c) ->> $1`: as recorded, the key is gone. */
function readOperator(reading: Reading, expression: Branch, scope: Scope): void {
  visit(reading, expression, scope);
  if (nameParts(listAt(expression, "name")).some((name) => keyOperators.test(name ?? ""))) reading.asksKeys = true;
}

const runsText = /^(query_to_xml|cursor_to_xml|dblink|ts_stat|crosstab|connectby|schedule)/;

function readCall(reading: Reading, call: Branch, scope: Scope): void {
  const name = nameParts(listAt(call, "funcname")).at(-1);
  const line = reading.line(numberAt(call, "location"));
  const constants = reading.constants.length;
  visit(reading, call, scope);
  if (reading.returnsRows(name)) reading.rowAsValue = true;
  if (keyFunctions.test(name ?? "")) reading.asksKeys = true;
  // column(row) is row.column.
  const column = reading.words.columnNamed(name);
  if (column !== undefined && tableInReach(scope))
    report(reading, { column, how: reading.reads, certainty: "grammar", line });
  if (name !== undefined && runsText.test(name) && reading.constants.length > constants) reading.builtText = true;
}
