import { type Branch, branchAt, findAll, isBranch, listAt, numberAt, textAt } from "./tree.ts";
import type { Words } from "./words.ts";

/** An expression or statement of a body, as PL/pgSQL hands it to SQL. */
export interface Expression {
  readonly query: string;
  /** As the server counts: 0 a statement, 2 an expression, from 3 on an assignment. */
  readonly mode: number;
  readonly line: number;
  /** Its value becomes SQL. */
  readonly built: boolean;
  /** The record that takes its rows. */
  readonly fills: string | undefined;
}

/** What a body of PL/pgSQL is made of, as far as names are concerned. */
export interface Parts {
  readonly expressions: readonly Expression[];
  /** Declared types, by variable; no type for what takes any row, line 0 for what is not declared in the body. */
  readonly variables: readonly { readonly name: string; readonly type: string | undefined; readonly line: number }[];
  /** Records that something else than a query of the body fills: by a cursor's rows, or by who knows what. */
  readonly fills: readonly { readonly record: string; readonly by: "cursor" | "unknown" }[];
  /** Fields of records that are assigned to. */
  readonly targets: readonly { readonly record: string; readonly field: string; readonly line: number }[];
  readonly labels: readonly string[];
}

/** Takes a body apart. */
export function collectParts(tree: Branch, body: string, words: Words): Parts {
  const starts = [0, ...[...body.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const expressions: Expression[] = [];
  const fills: { record: string; by: "cursor" | "unknown" }[] = [];
  const labels: string[] = [];
  const walk = (node: unknown, line: number, statement: Branch, key: string): void => {
    if (Array.isArray(node)) for (const each of node) walk(each, line, statement, key);
    else if (isBranch(node)) {
      for (const [name, value] of Object.entries(node)) {
        if (name === "PLpgSQL_expr") {
          const query = textAt(value, "query") ?? "";
          const at = placeOf(body, query, starts[line - 1] ?? 0);
          const built = key === "dynquery" || (key === "query" && "dynamic" in statement);
          const fills = key === "query" || key === "sqlstmt" ? recordOf(statement) : undefined;
          expressions.push({
            query,
            mode: numberAt(value, "parseMode"),
            line: at < 0 ? line : body.slice(0, at).split("\n").length,
            built,
            fills: built ? undefined : fills,
          });
        } else if (name.startsWith("PLpgSQL_stmt") && isBranch(value)) {
          const dynamic = /_dyn(execute|fors)$/.test(name);
          const own: Branch = dynamic ? { ...value, dynamic } : value;
          const record = recordOf(own);
          if (record !== undefined && (dynamic || !("query" in own || "sqlstmt" in own))) {
            fills.push({ record, by: /_(forc|fetch)$/.test(name) ? "cursor" : "unknown" });
          }
          const label = textAt(own, "label");
          if (label !== undefined) labels.push(label);
          for (const [inner, part] of Object.entries(value)) {
            walk(part, numberAt(value, "lineno") || line, own, inner);
          }
        } else if (isBranch(value) && typeof value.lineno === "number" && value.lineno > 0) {
          walk(value, value.lineno, statement, name);
        } else walk(value, line, statement, isBranch(value) || Array.isArray(value) ? name : key);
      }
    }
  };
  const datums = listAt(tree, "datums");
  walk(datums, 1, {}, "");
  walk(tree.action, 1, {}, "");
  return {
    expressions,
    fills,
    labels,
    variables: variablesIn(datums),
    targets: targetsIn(tree, datums, body).filter(({ field }) => words.columnNamed(field) !== undefined),
  };
}

/** Where an expression stands, from its statement's line on: PERFORM is given as SELECT, INTO as blanks. */
function placeOf(body: string, query: string, from: number): number {
  const [first = ""] = query.replace(/^SELECT /, "").split(/ {5,}|\n/);
  return body.indexOf(first, from);
}

function recordOf(statement: Branch): string | undefined {
  for (const key of ["var", "target"]) {
    const name = textAt(branchAt(statement, key, "PLpgSQL_rec"), "refname");
    if (name !== undefined) return name;
  }
  return undefined;
}

function variablesIn(datums: readonly unknown[]): Parts["variables"] {
  return datums.flatMap((datum) => {
    const record = branchAt(datum, "PLpgSQL_rec");
    const variable = Object.keys(record).length > 0 ? record : branchAt(datum, "PLpgSQL_var");
    const name = textAt(variable, "refname");
    const type = textAt(branchAt(variable, "datatype", "PLpgSQL_type"), "typname");
    return name === undefined ? [] : [{ name, type, line: numberAt(variable, "lineno") }];
  });
}

/** INTO and GET DIAGNOSTICS; an assignment names its target itself. */
function targetsIn(tree: Branch, datums: readonly unknown[], body: string): Parts["targets"] {
  const into = findAll(tree.action, "PLpgSQL_row").flatMap((row) =>
    listAt(row, "fields").map((field) => (textAt(field, "name") ?? "").split(".")),
  );
  const diagnosed = findAll(tree.action, "PLpgSQL_diag_item").map((item) => {
    const target = branchAt(datums[numberAt(item, "target")], "PLpgSQL_recfield");
    const record = branchAt(datums[numberAt(target, "recparentno")], "PLpgSQL_rec");
    return [textAt(record, "refname") ?? "", textAt(target, "fieldname") ?? ""];
  });
  return [...into, ...diagnosed].flatMap((parts) => {
    const [record = "", field = ""] = parts.slice(-2);
    if (parts.length < 2) return [];
    const at = body.search(new RegExp(`${record.replace(/\W/g, ".")}"?\\s*\\.\\s*"?${field}`, "i"));
    return [{ record, field, line: at < 0 ? 1 : body.slice(0, at).split("\n").length }];
  });
}
