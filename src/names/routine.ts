import { readPlpgsql } from "./plpgsql.ts";
import { linesOf, type Reading, report, within } from "./reading.ts";
import type { Rows } from "./scope.ts";
import type { Tools } from "./tools.ts";
import { type Branch, branchAt, listAt, nameParts, textAt } from "./tree.ts";
import { mentionsByText } from "./words.ts";

/** Reads a function's or procedure's body in its language; lines are counted within the body. */
export function readRoutine(tools: Tools, reading: Reading, routine: Branch, sql: string): void {
  const options = listAt(routine, "options").map((option) => branchAt(option, "DefElem"));
  const language = textAt(
    branchAt(
      options.find(({ defname }) => defname === "language"),
      "arg",
      "String",
    ),
    "sval",
  );
  const [text] = listAt(
    branchAt(
      options.find(({ defname }) => defname === "as"),
      "arg",
      "List",
    ),
    "items",
  );
  const body = textAt(branchAt(text, "String"), "sval");
  // A body in the grammar of SQL itself (BEGIN ATOMIC): PostgreSQL tracks what it depends on.
  if (body === undefined && routine.sql_body !== undefined) return;
  const own = { variables: variablesOf(reading, routine), labels: labelsOf(routine), line: linesOf(body ?? sql) };
  const read =
    body !== undefined &&
    within(reading, own, (inner) => {
      if (language === "sql") return tools.script(inner, body) !== undefined;
      return language === "plpgsql" && readPlpgsql(tools, inner, { source: sql, body });
    });
  if (!read) for (const mention of mentionsByText(reading.words, body ?? sql)) report(reading, mention);
}

function labelsOf(routine: Branch): Set<string> {
  const name = nameParts(listAt(routine, "funcname")).at(-1);
  return new Set(name === undefined ? [] : [name]);
}

function variablesOf(reading: Reading, routine: Branch): Map<string, Rows> {
  const variables = new Map<string, Rows>();
  listAt(routine, "parameters").forEach((node, index) => {
    const parameter = branchAt(node, "FunctionParameter");
    const rows = rowsOfType(reading, branchAt(parameter, "argType"));
    const name = textAt(parameter, "name");
    if (name !== undefined) variables.set(name, rows);
    variables.set(`$${index + 1}`, rows);
  });
  return variables;
}

function rowsOfType(reading: Reading, type: Branch): Rows {
  const parts = nameParts(listAt(type, "names"));
  if (type.pct_type !== true && reading.isTable(parts.at(-2), parts.at(-1))) return "table";
  return /^(record|any\w*)$/.test(parts.at(-1) ?? "") ? "unknown" : "other";
}
