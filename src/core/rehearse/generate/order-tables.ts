import type { GeneratedTable } from "../../../db/queries/copying/generation-facts.ts";
import { notKnown } from "./make-insert.ts";

/** Tables in an order in which each finds what it references, where it must; where it need not, if possible. Pure. Throws PREFLIGHT. */
export function orderTables(tables: readonly GeneratedTable[]): readonly GeneratedTable[] {
  const ordered: GeneratedTable[] = [];
  let left = [...tables];
  const waits = (table: GeneratedTable, mustOnly: boolean): boolean =>
    table.references.some(
      ({ parent, required }) =>
        parent !== table.root && (required || !mustOnly) && left.some(({ root }) => root === parent),
    );
  while (left.length > 0) {
    const next = left.find((table) => !waits(table, false)) ?? left.find((table) => !waits(table, true));
    if (next === undefined) throw notKnown(`${left.map(({ name }) => name).join(", ")}, which reference each other`);
    ordered.push(next);
    left = left.filter((table) => table !== next);
  }
  return ordered;
}

/** So many rows at most, in each table; and one at least where others have to reference it. Parts that take what is left stay empty. Pure. */
export function limitRows(tables: readonly GeneratedTable[], most: number): readonly GeneratedTable[] {
  const limited = tables.map((table) => ({
    ...table,
    rows: table.part?.bound === "DEFAULT" ? 0 : Math.min(table.rows, most),
  }));
  const needed = (): readonly string[] =>
    limited
      .filter(({ rows }) => rows > 0)
      .flatMap(({ references }) => references.filter(({ required }) => required).map(({ parent }) => parent));
  for (let empty = -1; empty !== 0; ) {
    const names = needed();
    const missing = limited.filter(({ name, part, rows }) => rows === 0 && part === null && names.includes(name));
    for (const table of missing) table.rows = 1;
    empty = missing.length;
  }
  return limited;
}
