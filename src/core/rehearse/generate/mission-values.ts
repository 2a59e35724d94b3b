import type { GeneratedTable } from "../../../db/queries/copying/generation-facts.ts";
import { columnOf, drawn, phoneOf } from "./values.ts";

/** Where the contact of a row stands, and how many there are. */
export interface Person {
  readonly alias: string;
  readonly count: number;
}

/** Whose row of contacts this is: one in 2,000 is a duplicate of its predecessor, unless a key forbids it. */
export function contactOwner({ root, keys }: Pick<GeneratedTable, "root" | "keys">): string {
  const unique = keys.some((columns) => columns.includes("phone"));
  return root === "public.contacts" && !unique ? "(case when g.n % 2000 = 0 then g.n - 1 else g.n end)" : "g.n";
}

/** Values of the mission's columns, by name: what people, numbers and calls are like. Pure. */
export function missionValues(
  table: GeneratedTable,
  rows: number,
  person: Person | undefined,
): ReadonlyMap<string, string> {
  if (table.root === "public.contacts") return contactValues(table);
  return table.root === "public.calls" ? callValues(table, rows, person) : new Map();
}

// A tenth have no name worth the word, a twentieth a number in a spelling of somebody's own.
function contactValues(table: GeneratedTable): ReadonlyMap<string, string> {
  const { area, exchange, line } = phoneOf(contactOwner(table));
  const plain = `'+1' || ${area} || ${exchange} || ${line}`;
  return new Map([
    ["name", "case g.n % 20 when 3 then 'Unknown Caller' when 13 then 'Unknown' else 'Person ' || g.n end"],
    [
      "phone",
      `case when not ${drawn(1, 50)} then ${plain} when g.n % 2 = 0 then format('(%s) %s-%s', ${area}, ${exchange}, ${line}) else format('%s.%s.%s', ${area}, ${exchange}, ${line}) end`,
    ],
  ]);
}

// Two thirds come in and have no contact yet, most of them of somebody known; of the others three in five are linked.
function callValues(table: GeneratedTable, rows: number, person: Person | undefined): ReadonlyMap<string, string> {
  const inbound = drawn(2, 650);
  const linked = `not ${inbound} and ${drawn(3, 600)}`;
  const { area, exchange, line } = phoneOf(
    `${person?.count ?? 0} + 1 + g.n % ${Math.max(1, Math.floor((person?.count ?? 0) / 2))}`,
  );
  const stranger = `'+1' || ${area} || ${exchange} || ${line}`;
  const known = person === undefined ? undefined : columnOf(person.alias, "phone");
  const number =
    known === undefined ? stranger : `case when ${inbound} and ${drawn(4, 333)} then ${stranger} else ${known} end`;
  const name = person === undefined ? "null" : columnOf(person.alias, "name");
  const required = table.columns.some((column) => column.name === "contact_id" && column.required);
  const direction = `case when ${inbound} then 'inbound' else 'outbound' end`;
  return new Map([
    ["vapi_call_id", `'generated-' || substr(md5('${table.name.replaceAll("'", "''")}'), 1, 8) || '-' || g.n`],
    ["call_direction", direction],
    ["call_type", direction],
    ["phone_number", number],
    ["from_number", `case when ${inbound} then ${number} else '+12025550100' end`],
    ["caller_name", `case when ${linked} then ${name} else 'Unknown Caller' end`],
    ["created_at", `timestamptz '2025-02-09 00:00+00' + (g.n * ${31_536_000 / (rows + 1)}) * interval '1 second'`],
    ...(person === undefined || required
      ? []
      : [["contact_id", `case when ${linked} then ${columnOf(person.alias, "id")} end`] as const]),
  ]);
}
