import type { Sql } from "postgres";
import type { TableToRead } from "./list-tables.ts";

/** What a table holds, without a value of it. */
export interface TableFacts {
  /** Qualified. */
  readonly name: string;
  readonly rows: number;
  /** Of all rows without what is stamped, in any order. */
  readonly sum: string;
  /** The same by column, each value with its row's key. */
  readonly columns: Readonly<Record<string, string>>;
  readonly stamped: readonly string[];
  /** Of what is stamped: how many rows have no value there. */
  readonly unset: Readonly<Record<string, number>>;
}

/** How many rows of a table are others than they were. */
export interface ChangedRowCounts {
  readonly changed: number;
  readonly gone: number;
  readonly added: number;
}

// Written by the types' own output functions: a cast could be somebody's code.
const textOf = (columns: readonly string[]): string => `row(${columns.map(quote).join(", ")})::text`;

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function hashesOf({ columns, key, stamped }: TableToRead): { readonly key: string; readonly row: string } {
  const row = `pg_catalog.hashtextextended(${textOf(columns.filter((column) => !stamped.includes(column)))}, 0)`;
  return { row, key: key.length === 0 ? row : `pg_catalog.hashtextextended(${textOf(key)}, 0)` };
}

/** Reads all rows of a table once. Sums of 64 bits: what differs by chance alone is not seen once in 10^19 times. */
export async function readTableFacts(sql: Sql, table: TableToRead): Promise<TableFacts> {
  const { key, row } = hashesOf(table);
  const seed = table.key.length === 0 ? "0" : key;
  const sums = table.columns.map(
    (column, place) => `sum(pg_catalog.hashtextextended(${textOf([column])}, ${seed})::numeric)::text as c${place}`,
  );
  const unset = table.stamped.map((column, place) => `(count(*) - count(${quote(column)}))::text as u${place}`);
  const [found] = await sql.unsafe<Record<string, string | null>[]>(
    `select count(*)::text as n, coalesce(sum(${row}::numeric), 0)::text as whole${[...sums, ...unset].map((sum) => `, ${sum}`).join("")}
     from only ${table.name}`,
  );
  return {
    name: table.name,
    rows: Number(found?.n ?? 0),
    sum: found?.whole ?? "0",
    stamped: table.stamped,
    columns: Object.fromEntries(table.columns.map((column, place) => [column, found?.[`c${place}`] ?? "0"])),
    unset: Object.fromEntries(table.stamped.map((column, place) => [column, Number(found?.[`u${place}`] ?? 0)])),
  };
}

/** Keeps a hash of each row, to tell later how many are others. Needs the tables of a rehearsal. */
export async function keepRows(sql: Sql, stage: string, table: TableToRead): Promise<void> {
  const { key, row } = hashesOf(table);
  await sql.unsafe(
    `insert into ssot_rehearsal.original_row (stage, relation, key, hash) select $1, $2, ${key}, ${row} from only ${table.name}`,
    [stage, table.name],
  );
}

/** How many rows of a table were kept: none any more after a crash of the server. */
export async function countKeptRows(sql: Sql, stage: string, { name }: TableToRead): Promise<number> {
  const [row] = await sql<{ n: string }[]>`
    select count(*) as n from ssot_rehearsal.original_row as r where r.stage = ${stage} and r.relation = ${name}`;
  return Number(row?.n ?? 0);
}

/** How many rows differ from those that were kept. A row without a key that changed is one that went and one that came. */
export async function countChangedRows(sql: Sql, stage: string, table: TableToRead): Promise<ChangedRowCounts> {
  const { key, row } = hashesOf(table);
  const [found] = await sql.unsafe<{ changed: string; gone: string; added: string }[]>(
    `with was as materialized (
       select r.key, r.hash, count(*) as n from ssot_rehearsal.original_row as r where r.stage = $1 and r.relation = $2 group by 1, 2
     ), now as materialized (
       select ${key} as key, ${row} as hash, count(*) as n from only ${table.name} group by 1, 2
     ), off as (
       select coalesce(w.key, n.key) as key, greatest(coalesce(w.n, 0) - coalesce(n.n, 0), 0) as less,
              greatest(coalesce(n.n, 0) - coalesce(w.n, 0), 0) as more
       from was as w full join now as n on n.key = w.key and n.hash = w.hash
       where w.n is distinct from n.n
     ), by_key as (
       select o.key, sum(o.less) as less, sum(o.more) as more from off as o group by 1
     )
     select coalesce(sum(least(k.less, k.more)), 0) as changed, coalesce(sum(greatest(k.less - k.more, 0)), 0) as gone,
            coalesce(sum(greatest(k.more - k.less, 0)), 0) as added
     from by_key as k`,
    [stage, table.name],
  );
  return { changed: Number(found?.changed ?? 0), gone: Number(found?.gone ?? 0), added: Number(found?.added ?? 0) };
}
