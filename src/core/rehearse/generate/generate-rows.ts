import type { Connection } from "../../../db/connection.ts";
import type { GeneratedTable } from "../../../db/queries/copying/generation-facts.ts";
import { insertGenerated, numberRows } from "../../../db/queries/copying/insert-generated.ts";
import { SsotError } from "../../../model/errors.ts";
import type { Numbered } from "./draw-references.ts";
import { makeInsert } from "./make-insert.ts";
import { limitRows, orderTables } from "./order-tables.ts";

/** More than this in a table tells no more: what a step takes is in the proportion of its rows. */
export const mostRows = 1_000_000;

/** What was generated for a table. */
export interface Generated {
  readonly table: string;
  readonly rows: number;
  /** What the target's statistics say. */
  readonly target: number;
}

export interface GenerateOptions {
  /** `table.column` of columns that get a value though they need none. */
  readonly always: readonly { readonly table: string; readonly column: string }[];
  readonly onTable?: ((table: string) => void) | undefined;
}

/** Fills tables without keys and triggers by the session's role. Throws PREFLIGHT that names what refuses the rows. */
export async function generateRows(
  { sql }: Connection,
  tables: readonly GeneratedTable[],
  { always, onTable }: GenerateOptions,
): Promise<readonly Generated[]> {
  const ordered = orderTables(limitRows(tables, mostRows));
  const targets = new Map(tables.map(({ name, rows }) => [name, rows]));
  const parents = new Map<string, Numbered>();
  const generated: Generated[] = [];
  for (const [turn, table] of ordered.entries()) {
    onTable?.(table.name);
    const rows = table.rows === 0 ? 0 : await fill(sql, table, { parents, always });
    generated.push({ table: table.name, rows, target: targets.get(table.name) ?? 0 });
    const isLast = ordered.slice(turn + 1).every(({ root }) => root !== table.root);
    const isParent = ordered.some(({ references }) => references.some(({ parent }) => parent === table.root));
    if (!isLast || !isParent) continue;
    const [place, columns] = [`ssot_parent_${turn}`, namedColumns(table)];
    const sure = columns.filter((name) => table.columns.some((column) => column.name === name && column.required));
    const count = await numberRows(sql, place, { table: table.root, columns });
    parents.set(table.root, { place, columns, sure, count });
  }
  return generated;
}

async function fill(
  sql: Connection["sql"],
  table: GeneratedTable,
  { parents, always }: Pick<GenerateOptions, "always"> & { readonly parents: ReadonlyMap<string, Numbered> },
): Promise<number> {
  const own = always.filter((each) => each.table === table.root || each.table === table.name);
  const statement = makeInsert(table, { parents, always: own.map(({ column }) => column) });
  return insertGenerated(sql, statement).catch(refuse(table));
}

// What others reference, what comes with it, and what a call has of its contact.
function namedColumns({ columns, keys, references }: GeneratedTable): readonly string[] {
  const wanted = [...keys.flat(), ...references.flatMap((reference) => reference.columns), "name", "phone", "org_id"];
  return columns.map(({ name }) => name).filter((name) => wanted.includes(name));
}

function refuse(table: GeneratedTable): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof Error) || !("code" in error)) throw error;
    const constraint = "constraint_name" in error ? `, by constraint ${String(error.constraint_name)}` : "";
    throw new SsotError(
      "PREFLIGHT",
      `${table.name} refuses generated rows${constraint} (SQLSTATE ${String(error.code)})`,
      {
        hint: "Leave --schema-only out, so that its data are copied, or name a copy with --on URL. The target was only read.",
      },
    );
  };
}
