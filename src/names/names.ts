import { columnNamed } from "./mention.ts";
import { type Reading, reportBoth, reportUse } from "./reading.ts";
import { callsInReach, type Rows, type Scope, sourceNamed } from "./scope.ts";
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
        ? scope.sources.some(({ rows }) => rows === "calls")
        : resolve(reading, fields.slice(0, -1), scope) === "calls";
    if (star) reportBoth(reading, "select *", line, "grammar");
    return;
  }
  const name = nameParts(fields).at(-1);
  if (fields.length > 1) {
    reportUse(reading, { name, rows: resolve(reading, fields.slice(0, -1), scope), how: "reads", line });
  } else if (columnNamed(name) !== undefined) {
    reportUse(reading, { name, rows: callsInReach(scope) ? "calls" : "other", how: "reads", line });
  }
  if (columnNamed(name) === undefined && resolve(reading, fields, scope) === "calls") {
    reading.rowAsValue = true;
    reportBoth(reading, "select *", line, "grammar");
  }
}

/** Notes the row type of calls as a value's type; reads `calls.caller_name%type`. */
export function readTypeName(reading: Reading, type: Branch): void {
  const parts = nameParts(listAt(type, "names"));
  const line = reading.line(numberAt(type, "location"));
  if (type.pct_type === true) {
    const rows = reading.isCalls(parts.at(-3), parts.at(-2)) ? "calls" : "other";
    reportUse(reading, { name: parts.at(-1), rows, how: "reads", line });
  } else if (reading.isCalls(parts.at(-2), parts.at(-1))) reading.rowAsValue = true;
}

/** Notes a string constant: it may be SQL, or a key of JSON. */
export function readConstant(reading: Reading, constant: Branch): void {
  const value = textAt(branchAt(constant, "sval"), "sval");
  if (value !== undefined) reading.constants.push({ value, line: reading.line(numberAt(constant, "location")) });
}

/** Notes a parameter that is a row of calls, or several. */
export function readParameter(reading: Reading, parameter: Branch): void {
  if (reading.variables.get(`$${numberAt(parameter, "number")}`) === "calls") reading.rowAsValue = true;
}
