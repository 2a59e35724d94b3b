import type { PendingQuery, Row, Sql } from "postgres";

/** One object of a database. */
export interface SchemaFact {
  /** What it is, as people call it: table, column, index. */
  readonly kind: string;
  /** Qualified; what hangs on a table is named `table.name`. */
  readonly name: string;
  /** All that can be said of it; equal where the objects are. */
  readonly definition: string;
}

/** Asks for all objects of one kind; each row has a name, and what else is selected becomes the definition. */
export type Listing = (sql: Sql) => PendingQuery<Row[]>;

/** The schemas `n` of users: not PostgreSQL's, not ours. */
export const ofUsers = (sql: Sql): PendingQuery<Row[]> => sql`
  n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'ssot', 'ssot_rehearsal')`;

/** An access list; none at all is what it means, the default of its kind of object. */
export const granted = (
  sql: Sql,
  kind: "r" | "s" | "c" | "f" | "n" | "T" | "l" | "F" | "S",
  list: string,
  owner: string,
): PendingQuery<Row[]> => sql`
  array(select concat_ws(' ', case x.grantee when 0 then 'public' else pg_get_userbyid(x.grantee)::text end, x.privilege_type,
                         'by', pg_get_userbyid(x.grantor), case when x.is_grantable then 'grantable' end)
        from pg_catalog.aclexplode(coalesce(${sql(list)}, pg_catalog.acldefault(${kind}, ${sql(owner)}))) as x
        order by 1)`;

/** What belongs to no extension: what does comes and goes with that. */
export const ofNoExtension = (sql: Sql, catalog: string, oid: string): PendingQuery<Row[]> => sql`
  not exists (select from pg_catalog.pg_depend as e
              where e.classid = ${catalog}::regclass and e.objid = ${sql(oid)} and e.deptype = 'e')`;
