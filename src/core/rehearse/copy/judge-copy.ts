import type { IndexPlace } from "../../../db/queries/copying/copied-tables.ts";
import type { SchemaFact } from "../../../db/queries/schema-facts/fact.ts";
import { compareFacts } from "../compare.ts";

/** A database as it was to be copied, and what came of it. */
export interface CopyLook {
  readonly target: readonly SchemaFact[];
  readonly copy: readonly SchemaFact[];
  /** Of the target. */
  readonly indexes: readonly IndexPlace[];
  /** Columns that a newer PostgreSQL describes otherwise. */
  readonly otherwise: readonly string[];
  /** Tables that migrations work on. */
  readonly touched: readonly string[];
  /** Relations that were left out on purpose. */
  readonly leftOut: readonly string[];
  /** Of each table, as many rows as the target has, and as many as came; undefined: the table is not there. */
  readonly rows: readonly { readonly table: string; readonly target: number; readonly copy: number | undefined }[];
}

export interface CopyJudgement {
  /** What is missing of the tables that migrations work on: the copy is of no use. */
  readonly missing: readonly string[];
  /** What else is not as on the target, a sentence each. */
  readonly problems: readonly string[];
}

// Hangs on a table, and is named after it.
const ofTables = ["column", "constraint", "trigger", "rule", "policy"];
// Said of what it hangs on, or carried over apart.
const passed = ["comment", "setting"];

/** Says what of a copy is missing or another, by names alone. Pure. */
export function judgeCopy({ target, copy, indexes, otherwise, touched, leftOut, rows }: CopyLook): CopyJudgement {
  const [missing, problems]: [string[], string[]] = [[], []];
  const places = new Map(indexes.map((index) => [index.name, index]));
  const gone = new Set<string>();
  const tableOf = (kind: string, name: string): string | undefined => {
    if (kind === "index") return places.get(name)?.table;
    if (!ofTables.includes(kind)) return name;
    return [...touched, ...leftOut, ...gone].find((table) => name.startsWith(`${table}.`));
  };
  const differences = compareFacts(target.filter(isOwn), copy.filter(isOwn));
  for (const { kind, name, change } of differences) if (kind === "table" && change === "gone") gone.add(name);
  for (const { kind, name, change } of differences) {
    if (passed.includes(kind) || change === "new") continue;
    const table = tableOf(kind, name);
    const isTouched = table !== undefined && touched.includes(table);
    if (table !== undefined && (leftOut.includes(table) || (kind !== "table" && gone.has(table)))) continue;
    if (change === "changed") {
      // Of what the two versions of PostgreSQL write differently, such as rights, nothing follows.
      if (isTouched && !otherwise.includes(name) && [...ofTables, "index"].includes(kind))
        problems.push(`${kind} ${name} is not as on the target`);
      continue;
    }
    const valid = kind !== "index" || (places.get(name)?.valid ?? true);
    if (isTouched && valid) missing.push(`${kind} ${name}`);
    else problems.push(`${kind} ${name} could not be made on the copy`);
  }
  for (const { table, target: there, copy: here } of rows) {
    if (here === undefined || here === there) continue;
    const told = `${here.toLocaleString("en-US")} of ${there.toLocaleString("en-US")} rows of ${table}`;
    if (touched.includes(table)) missing.push(`all but ${told}`);
    else problems.push(`the copy has ${told}`);
  }
  return { missing, problems };
}

// What a foreign key is made of comes and goes with it.
function isOwn({ kind, definition }: SchemaFact): boolean {
  return kind !== "trigger" || !definition.includes('"of_key":true');
}
