import type { GeneratedReference, GeneratedTable } from "../../../db/queries/copying/generation-facts.ts";
import { quoteName } from "../../../db/queries/copying/quote.ts";
import { columnOf, isDistinct } from "./values.ts";

/** Rows of a table under numbers from 1, with these columns. */
export interface Numbered {
  /** Of the session's own table. */
  readonly place: string;
  readonly count: number;
  readonly columns: readonly string[];
  /** Those of them that are never null. */
  readonly sure: readonly string[];
}

export interface Draws {
  /** Joins that give each row what it references. */
  readonly joins: readonly string[];
  /** Expressions of the columns that reference. */
  readonly values: ReadonlyMap<string, string>;
  /** The alias of each table that is referenced. */
  readonly aliases: ReadonlyMap<string, string>;
  /** As many rows as keys allow. */
  readonly rows: number;
}

/** Draws for each row of a table what it references; what belongs to one of these, such as the organisation, comes with it. Pure. */
export function drawReferences(table: GeneratedTable, parents: ReadonlyMap<string, Numbered>, owner: string): Draws {
  const values = new Map<string, string>();
  const [joins, aliases]: [string[], Map<string, string>] = [[], new Map()];
  const chosen = sortReferences(table, parents);
  // The organisation is whose the row is, with or without a key.
  const brought = table.columns
    .map(({ name }) => name)
    .filter((name) => name === "org_id" || chosen.some((reference) => reference.columns.includes(name)));
  const { places, rows } = placesOf(table, chosen, parents);
  for (const [turn, reference] of chosen.entries()) {
    const numbered = parents.get(reference.parent);
    if (numbered === undefined || reference.columns.every((column) => values.has(column))) continue;
    const alias = `r${turn}`;
    const shared = reference.columns.flatMap((column, place) => {
      const value = values.get(column);
      return value === undefined ? [] : [{ value, there: reference.parentColumns[place] ?? "" }];
    });
    const from = `pg_temp.${quoteName(numbered.place)}`;
    if (shared.length === 0) {
      const drawn = `(pg_catalog.hashint8extended(${owner}, ${turn + 10}) & 2147483647)`;
      // The square lets some be referenced often and most seldom.
      const often = `floor(${numbered.count} * power(${drawn} / 2147483648.0, 2))::bigint`;
      joins.push(`join ${from} as ${alias} on ${alias}.place = 1 + ${places.get(reference) ?? often}`);
    } else {
      const equal = shared.map(({ value, there }) => `o.${quoteName(there)} = ${value}`).join(" and ");
      joins.push(`join lateral (select o.* from ${from} as o where ${equal} limit 1) as ${alias} on true`);
    }
    aliases.set(reference.parent, alias);
    reference.columns.forEach((column, place) => {
      if (!values.has(column)) values.set(column, columnOf(alias, reference.parentColumns[place] ?? ""));
    });
    for (const column of brought) {
      if (!values.has(column) && numbered.sure.includes(column)) values.set(column, columnOf(alias, column));
    }
  }
  return { joins, values, aliases, rows };
}

// The contact comes first, whose organisation is to be the row's; then those that bring most of what others reference.
function sortReferences(
  { root, references, columns }: GeneratedTable,
  parents: ReadonlyMap<string, Numbered>,
): readonly GeneratedReference[] {
  const filled = columns.map(({ name }) => name);
  const possible = references.filter(
    ({ parent, columns: own }) =>
      parent !== root && (parents.get(parent)?.count ?? 0) > 0 && own.every((column) => filled.includes(column)),
  );
  const names = new Set(possible.flatMap((reference) => reference.columns));
  const brings = ({ parent, columns: own }: GeneratedReference): number =>
    (parent === "public.contacts" ? 1000 : 0) +
    own.length +
    (parents.get(parent)?.sure.filter((column) => names.has(column) && column !== "id").length ?? 0);
  return possible.toSorted((a, b) => brings(b) - brings(a));
}

// A key of references alone has each combination once.
function placesOf(
  table: GeneratedTable,
  chosen: readonly GeneratedReference[],
  parents: ReadonlyMap<string, Numbered>,
): { readonly places: ReadonlyMap<GeneratedReference, string>; readonly rows: number } {
  const places = new Map<GeneratedReference, string>();
  let { rows } = table;
  for (const key of table.keys) {
    const own = chosen.filter(({ columns }) => columns.some((column) => key.includes(column)));
    const drawnNames = own.flatMap(({ columns }) => columns);
    const others = table.columns.filter(({ name }) => key.includes(name) && !drawnNames.includes(name));
    if (own.length === 0 || others.some((column) => isDistinct(column) || (!column.required && !column.given)))
      continue;
    let before = 1;
    for (const reference of own) {
      const count = parents.get(reference.parent)?.count ?? 1;
      places.set(reference, `((g.n - 1) / ${before}) % ${count}`);
      before *= count;
    }
    rows = Math.min(rows, before);
  }
  return { places, rows };
}
