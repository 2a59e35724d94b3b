import type { Sql } from "postgres";

/** What tells one database from another, whatever host name leads to it. */
export interface DatabaseIdentity {
  readonly name: string;
  readonly oid: number;
  /** Of the server's files, given when they were made; null where the role may not ask. */
  readonly systemIdentifier: string | null;
  /** The tables asked for, by oid: null where there is none of that name. */
  readonly tables: Readonly<Record<string, number | null>>;
}

/**
 * Identifies the database. A physical copy (a branch, a standby, a restored base backup) has the same identity as what it was copied
 * from; a restored dump, a clone inside the server and a database of the same name elsewhere have another one.
 */
export async function identifyDatabase(sql: Sql, tables: readonly string[]): Promise<DatabaseIdentity> {
  const [row] = await sql<{ name: string; oid: string; may: boolean; tables: DatabaseIdentity["tables"] }[]>`
    select b.datname as name, b.oid, has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE') as may,
           (select coalesce(jsonb_object_agg(t.name, to_regclass(t.name)::oid::bigint), '{}') from unnest(${[...tables]}::text[]) as t(name)) as tables
    from pg_catalog.pg_database as b
    where b.datname = current_database()`;
  if (row === undefined) throw new Error("the database does not know itself");
  return {
    name: row.name,
    oid: Number(row.oid),
    systemIdentifier: row.may ? await readSystemIdentifier(sql) : null,
    tables: row.tables,
  };
}

async function readSystemIdentifier(sql: Sql): Promise<string | null> {
  const [row] = await sql<
    { id: string }[]
  >`select s.system_identifier::text as id from pg_catalog.pg_control_system() as s`;
  return row?.id ?? null;
}
