import type { Sql } from "postgres";
import { touchedBy } from "../touched-tables.ts";

/** The tables that migrations of these roots change or stand on, and their parts; those that are not there are left out. */
export async function listTouchedTables(sql: Sql, roots: readonly string[]): Promise<readonly string[]> {
  const oids =
    "(select array_agg(to_regclass(r.name)::oid) from jsonb_array_elements_text($1::text::jsonb) as r(name))";
  const rows = await sql.unsafe<{ name: string }[]>(
    `with recursive ${touchedBy(oids)} select t.relid::regclass::text as name from touched as t order by 1`,
    [JSON.stringify(roots)],
  );
  return rows.map(({ name }) => name);
}

/** An index, whose name says nothing of its table. */
export interface IndexPlace {
  readonly name: string;
  readonly table: string;
  /** One that is not is no index that a dump would have. */
  readonly valid: boolean;
}

export async function listIndexPlaces(sql: Sql): Promise<readonly IndexPlace[]> {
  return sql<IndexPlace[]>`
    select i.indexrelid::regclass::text as name, i.indrelid::regclass::text as table, i.indisvalid as valid
    from pg_catalog.pg_index as i join pg_catalog.pg_class as c on c.oid = i.indrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1`;
}

/** Columns of partitions whose parent's are identities: since PostgreSQL 17 they are identities, too. */
export async function listIdentitiesOfParts(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`
    select format('%s.%I', c.oid::regclass, a.attname) as name
    from pg_catalog.pg_class as c
    cross join lateral pg_catalog.pg_partition_ancestors(c.oid) as p(parent)
    join pg_catalog.pg_attribute as a on a.attrelid = p.parent and a.attidentity <> ''
    where c.relispartition and p.parent <> c.oid order by 1`;
  return rows.map(({ name }) => name);
}

/** The tables that hold rows by themselves and whose rows a dump has. */
export async function listFilledTables(sql: Sql): Promise<readonly string[]> {
  const rows = await sql<{ name: string }[]>`
    select c.oid::regclass::text as name
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
      and not exists (select from pg_catalog.pg_depend as e
                      where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
    order by 1`;
  return rows.map(({ name }) => name);
}

/** The rows of a table alone, by a name as PostgreSQL writes it; undefined where there is no such table. */
export async function countRowsOf(sql: Sql, table: string): Promise<number | undefined> {
  const [found] = await sql<{ there: boolean }[]>`select to_regclass(${table}) is not null as there`;
  if (!found?.there) return undefined;
  const [row] = await sql.unsafe<{ n: string }[]>(`select count(*)::text as n from only ${table}`);
  return Number(row?.n ?? 0);
}
