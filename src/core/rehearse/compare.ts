import type { Sql } from "postgres";
import type { Stage } from "../../db/queries/rehearsal/original.ts";
import type { SchemaFact } from "../../db/queries/schema-facts/fact.ts";
import type { TableToRead } from "../../db/queries/table-contents/list-tables.ts";
import { countChangedRows, countKeptRows, type TableFacts } from "../../db/queries/table-contents/table-facts.ts";

/** One thing that is not as it was: what and how many, never a value. */
export interface Difference {
  /** table, column, index, …, or rows. */
  readonly kind: string;
  /** Qualified. */
  readonly name: string;
  readonly change: "gone" | "new" | "changed";
  /** Rows; null where there are no rows in it, or where nobody counted. */
  readonly count: number | null;
  /** Of changed rows: the columns whose values are others; none where rows went or came as well, whose values count too. */
  readonly columns: readonly string[];
}

/** What differs between two looks at a schema. Pure. */
export function compareFacts(before: readonly SchemaFact[], after: readonly SchemaFact[]): readonly Difference[] {
  const [was, is] = [byName(before), byName(after)];
  const names = [...new Set([...was.keys(), ...is.keys()])].toSorted();
  return names.flatMap((key): readonly Difference[] => {
    const [old, now] = [was.get(key), is.get(key)];
    const fact = old?.[0] ?? now?.[0];
    if (fact === undefined || textOf(old) === textOf(now)) return [];
    const change = old === undefined ? "new" : now === undefined ? "gone" : "changed";
    return [{ kind: fact.kind, name: fact.name, change, count: null, columns: [] }];
  });
}

// What a foreign key is made of has several triggers of one name.
function byName(facts: readonly SchemaFact[]): ReadonlyMap<string, readonly SchemaFact[]> {
  const found = new Map<string, SchemaFact[]>();
  for (const fact of facts) {
    const key = `${fact.kind} ${fact.name}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, [fact]);
    else known.push(fact);
  }
  return found;
}

function textOf(facts: readonly SchemaFact[] = []): string {
  return JSON.stringify(facts.map(({ definition }) => definition).toSorted());
}

/** What differs between the rows that were kept and those that are there. A table that is new or gone is the schema's matter. */
export async function compareRows(
  sql: Sql,
  stage: Stage,
  before: readonly TableFacts[],
  after: readonly { readonly table: TableToRead; readonly facts: TableFacts }[],
): Promise<readonly Difference[]> {
  const was = new Map(before.map((facts) => [facts.name, facts]));
  const differences: Difference[] = [];
  for (const { table, facts } of after) {
    const old = was.get(table.name);
    if (old === undefined) continue;
    differences.push(...compareStamps(old, facts));
    if (isSame(old, facts)) continue;
    // Of a column that was not there, or is none any more, the schema tells.
    const shared = table.columns.filter(
      (column) => old.columns[column] !== undefined && !table.stamped.includes(column),
    );
    const columns = shared.filter((column) => old.columns[column] !== facts.columns[column]);
    if (
      columns.length === 0 &&
      old.rows === facts.rows &&
      shared.length + table.stamped.length < Math.max(table.columns.length, countOf(old))
    )
      continue;
    if ((await countKeptRows(sql, stage, table)) !== old.rows) {
      differences.push({ kind: "rows", name: table.name, change: "changed", count: null, columns });
      continue;
    }
    const counts = await countChangedRows(sql, stage, table);
    for (const [change, count] of [
      ["changed", counts.changed],
      ["gone", counts.gone],
      ["new", counts.added],
    ] as const) {
      if (count > 0)
        differences.push({
          kind: "rows",
          name: table.name,
          change,
          count,
          columns: change === "changed" && counts.gone + counts.added === 0 ? columns : [],
        });
    }
  }
  return differences;
}

// A stamp gives a value to each row that is changed: one that is gone was taken by something else.
function compareStamps(old: TableFacts, now: TableFacts): readonly Difference[] {
  return now.stamped.flatMap((column): readonly Difference[] => {
    const count = (now.unset[column] ?? 0) - (old.unset[column] ?? 0);
    if (count <= 0 || now.rows > old.rows) return [];
    return [{ kind: "rows", name: now.name, change: "changed", count, columns: [column] }];
  });
}

function countOf({ columns }: TableFacts): number {
  return Object.keys(columns).length;
}

function isSame(a: TableFacts, b: TableFacts): boolean {
  const names = Object.keys(a.columns).filter((name) => !a.stamped.includes(name));
  return (
    a.rows === b.rows &&
    a.sum === b.sum &&
    countOf(a) === countOf(b) &&
    names.every((name) => a.columns[name] === b.columns[name])
  );
}
