import type { Connection } from "../../db/connection.ts";
import type { TrialTable, TrialTrigger } from "../../db/queries/trial-tables.ts";
import { quoteLiteral } from "../../sql/quote-literal.ts";
import { attempt, isPassing, type Refusal } from "./attempt.ts";
import { makeUp } from "./made-up.ts";

/** An empty temporary table like one of the database, with its CHECKs, indexes and generated columns. */
export interface BareCopy extends TrialTable {
  /** As statements name it. */
  readonly copy: string;
}

/** One with its triggers, whose rows can be changed. */
export interface Copy extends BareCopy {
  /** What a statement reads from, to open the search path of triggers once it runs: as ssot.trigger_path says. */
  readonly opened: string;
}

/** What a row is to hold: always, and where its other values are made up as well. Null empties a column. */
export interface Wanted {
  readonly always: Readonly<Record<string, string | null>>;
  readonly else?: Readonly<Record<string, string | null>>;
}

// Our own rules are put anew by a run, which sets others of their names aside.
const ours = ["contacts_name_must_be_real", "contacts_phone_must_be_e164"];

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** Makes the copies. Nothing of anybody's runs by that, save event triggers. */
export async function makeCopies(
  connection: Connection,
  tables: readonly TrialTable[],
): Promise<{ readonly copies: readonly BareCopy[]; readonly refused: readonly (readonly [TrialTable, Refusal])[] }> {
  const copies: BareCopy[] = [];
  const refused: (readonly [TrialTable, Refusal])[] = [];
  for (const table of tables) {
    // Two schemas may have a table of one name.
    const isTaken = copies.some(({ relation }) => relation === table.relation);
    const copy = `pg_temp.${quoteName(isTaken ? `${table.relation} of ${table.source}`.slice(0, 60) : table.relation)}`;
    // An event trigger may have given it row level security, which would hide its rows even from us.
    const made = await attempt(
      connection,
      [
        `create temporary table ${copy.slice("pg_temp.".length)} (like ${table.source} including all) on commit drop`,
        `alter table ${copy} disable row level security, no force row level security`,
        ...(table.role === "contacts"
          ? ours.map((name) => `alter table ${copy} drop constraint if exists ${name}`)
          : []),
      ].join("; "),
      { readOnly: false },
    );
    if ("refusal" in made) refused.push([table, made.refusal]);
    else copies.push({ ...table, copy });
  }
  return { copies, refused };
}

/** Puts somebody's trigger on a copy. Gives the server's refusal, if there is one. */
export async function attach(
  connection: Connection,
  copy: BareCopy,
  trigger: TrialTrigger,
): Promise<Refusal | undefined> {
  const head = trigger.definition.indexOf(` ON ${copy.source} FOR EACH ROW`, `CREATE TRIGGER ${trigger.name}`.length);
  const tail = trigger.definition.slice(head).replace(` ON ${copy.source} `, () => ` ON ${copy.copy} `);
  const made = await attempt(connection, trigger.definition.slice(0, head) + tail, { readOnly: false });
  return "refusal" in made ? made.refusal : undefined;
}

/**
 * Puts a row into a copy: of made-up values as few as can be, then of more, then of those of a row that is there. Gives the statement that
 * did it, or the refusal that says most.
 */
export async function addRow(
  connection: Connection,
  copy: Copy,
  n: number,
  wanted: Wanted,
): Promise<{ readonly statement: string } | { readonly refusal: Refusal }> {
  let telling: Refusal | undefined;
  for (const statement of [sparse(copy, n, wanted), full(copy, n, wanted), alike(copy, wanted)]) {
    const added = await attempt(connection, statement, { readOnly: true });
    if ("row" in added && added.row !== undefined) return { statement };
    if ("refusal" in added && (telling === undefined || isPassing(telling))) telling = added.refusal;
  }
  return {
    refusal: telling ?? {
      sqlState: "P0002",
      message: "no row of it can be made up",
      constraint: undefined,
      context: "",
    },
  };
}

function sparse(copy: Copy, n: number, wanted: Wanted): string {
  return insert(copy, { ...wanted.else, ...wanted.always }, (column) => {
    if (column.hasDefault) return undefined;
    return column.required ? literal(makeUp(column, n), column.type) : "null";
  });
}

function full(copy: Copy, n: number, wanted: Wanted): string {
  return insert(copy, { ...wanted.else, ...wanted.always }, (column) =>
    column.hasDefault ? undefined : literal(makeUp(column, n), column.type),
  );
}

// Ids that are in no table, so that what a trigger does by them hits nothing of anybody's.
function alike(copy: Copy, wanted: Wanted): string {
  const columns = copy.columns.filter(({ generated }) => !generated);
  const values = columns.map((column) => {
    const value = wanted.always[column.name];
    if (value !== undefined) return literal(value ?? undefined, column.type);
    const name = `r.${quoteName(column.name)}`;
    return column.base === "uuid"
      ? `case when ${name} is not null then ${literal(crypto.randomUUID(), column.type)} end`
      : name;
  });
  return `insert into ${copy.copy} (${columns.map(({ name }) => quoteName(name)).join(", ")}) overriding system value
    select ${values.join(", ")} from ${copy.source} as r cross join ${copy.opened} limit 1 returning true as ok`;
}

function insert(
  copy: Copy,
  given: Readonly<Record<string, string | null>>,
  madeUp: (column: TrialTable["columns"][number]) => string | undefined,
): string {
  const values = copy.columns.flatMap((column) => {
    const value = given[column.name];
    const made = value === undefined ? madeUp(column) : literal(value ?? undefined, column.type);
    return column.generated || made === undefined ? [] : [{ name: quoteName(column.name), made }];
  });
  return `insert into ${copy.copy} (${values.map(({ name }) => name).join(", ")}) overriding system value
    select ${values.map(({ made }) => made).join(", ")} from ${copy.opened} returning true as ok`;
}

/** A value of a type, or null. */
export function literal(value: string | undefined, type: string): string {
  return value === undefined ? "null" : `${quoteLiteral(value)}::${type}`;
}
