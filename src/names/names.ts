import { type Reading, reportAll, reportUse } from "./reading.ts";
import { type Rows, type Scope, sourceNamed, tableInReach } from "./scope.ts";
import { type Branch, branchAt, isBranch, listAt, nameParts, numberAt, textAt } from "./tree.ts";

/** Whose rows a dotted qualifier means; "unknown" where nothing of that name is in sight. */
export function resolve(reading: Reading, qualifier: readonly unknown[], scope: Scope): Rows {
  const parts = nameParts(qualifier);
  const name = parts.at(-1);
  if (name === undefined) return "unknown";
  const source = sourceNamed(name, scope);
  const [outer] = parts;
  if (parts.length === 1 || outer === undefined) {
    return source?.rows ?? reading.variables.get(name) ?? (reading.labels.has(name) ? "other" : "unknown");
  }
  if (source !== undefined) return source.rows;
  if (reading.labels.has(outer)) return resolve(reading, qualifier.slice(1), scope);
  // A field of a field of a record.
  const record = reading.variables.get(outer);
  return record === undefined || record === "unknown" ? "unknown" : "other";
}

/** Reads a reference: a column, a star, a whole row. */
export function readName(reading: Reading, reference: Branch, scope: Scope): void {
  const fields = listAt(reference, "fields");
  const line = reading.line(numberAt(reference, "location"));
  const last = fields.at(-1);
  if (isBranch(last) && "A_Star" in last) {
    const star =
      fields.length === 1
        ? scope.sources.some(({ rows }) => rows === "table")
        : resolve(reading, fields.slice(0, -1), scope) === "table";
    if (star) reportAll(reading, "select *", line, "grammar");
    return;
  }
  const name = nameParts(fields).at(-1);
  if (fields.length > 1) {
    reportUse(reading, { name, rows: resolve(reading, fields.slice(0, -1), scope), how: reading.reads, line });
  } else if (reading.words.columnNamed(name) !== undefined) {
    reportUse(reading, { name, rows: tableInReach(scope) ? "table" : "other", how: reading.reads, line });
  }
  if (reading.words.columnNamed(name) === undefined && resolve(reading, fields, scope) === "table") {
    reading.rowAsValue = true;
    reportAll(reading, "select *", line, "grammar");
  }
}

/** Notes the row type of the table as a value's type; reads `calls.caller_name%type`. */
export function readTypeName(reading: Reading, type: Branch): void {
  const parts = nameParts(listAt(type, "names"));
  const line = reading.line(numberAt(type, "location"));
  if (type.pct_type === true) {
    const rows = reading.isTable(parts.at(-3), parts.at(-2)) ? "table" : "other";
    reportUse(reading, { name: parts.at(-1), rows, how: "reads", line });
  } else if (reading.isTable(parts.at(-2), parts.at(-1))) reading.rowAsValue = true;
}

/** Notes a string constant: it may be SQL, or a key of JSON. */
export function readConstant(reading: Reading, constant: Branch): void {
  const value = textAt(branchAt(constant, "sval"), "sval");
  if (value !== undefined) reading.constants.push({ value, line: reading.line(numberAt(constant, "location")) });
}

/** Notes a parameter that is a row of the table, or several. */
export function readParameter(reading: Reading, parameter: Branch): void {
  if (reading.variables.get(`$${numberAt(parameter, "number")}`) === "table") reading.rowAsValue = true;
}
