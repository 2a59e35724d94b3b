import type { GeneratedTable } from "../../../db/queries/copying/generation-facts.ts";
import { quoteName } from "../../../db/queries/copying/quote.ts";
import { SsotError } from "../../../model/errors.ts";
import { drawReferences, type Numbered } from "./draw-references.ts";
import { contactOwner, missionValues } from "./mission-values.ts";
import { genericValue, valueInPart } from "./values.ts";

/** The INSERT that fills a table; `always` are columns that get a value though they need none. Pure. Throws PREFLIGHT. */
export function makeInsert(
  table: GeneratedTable,
  { parents, always }: { readonly parents: ReadonlyMap<string, Numbered>; readonly always: readonly string[] },
): string {
  const { joins, values, aliases, rows } = drawReferences(table, parents, contactOwner(table));
  const contact = aliases.get("public.contacts");
  const person =
    contact === undefined ? undefined : { alias: contact, count: parents.get("public.contacts")?.count ?? 0 };
  const mission = missionValues(table, rows, person);
  const cells = table.columns.flatMap((column): readonly (readonly [string, string])[] => {
    const { name, type, required, given } = column;
    if (table.part !== null && table.part.column === name) return [[name, partValue(table, rows)]];
    const meant = mission.get(name);
    if (meant !== undefined) return [[name, `(${meant})::${type}`]];
    const drawn = values.get(name);
    if (drawn !== undefined) return [[name, drawn]];
    if (given || !(required || always.includes(name))) return [];
    const value = genericValue(column, table.name);
    if (value === undefined) throw notKnown(`column ${table.name}.${name} of type ${type}`);
    return [[name, value]];
  });
  if (table.part !== null && table.part.column === null) throw notKnown(`the part ${table.name}`);
  const names = cells.map(([name]) => quoteName(name)).join(", ");
  // A part is filled through what it is a part of, which knows of identities.
  const target = cells.length === 0 ? table.root : `${table.root} (${names})`;
  return [
    `insert into ${target}`,
    `select ${cells.map(([, value]) => value).join(",\n       ")}`,
    `from generate_series(1::bigint, ${rows}) as g(n)`,
    ...joins,
    "order by g.n",
  ].join("\n");
}

function partValue(table: GeneratedTable, rows: number): string {
  const column = table.columns.find(({ name }) => name === table.part?.column);
  const value = column === undefined ? undefined : valueInPart(table.part?.bound ?? "", column, rows);
  if (value === undefined) throw notKnown(`the part ${table.name}`);
  return value;
}

/** What cannot be generated. */
export function notKnown(what: string): SsotError {
  return new SsotError("PREFLIGHT", `rows cannot be generated for ${what}`, {
    hint: "Leave --schema-only out, so that its data are copied, or name a copy with --on URL. The target was only read.",
  });
}
