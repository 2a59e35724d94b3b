import type { Sql } from "postgres";
import { ofUsers } from "../schema-facts/fact.ts";

export interface TableToRead {
  /** Qualified. */
  readonly name: string;
  /** Names, sorted: a column that was dropped and came back is the last of its table. */
  readonly columns: readonly string[];
  /** Those of the primary key; none: rows are told apart by all they hold. */
  readonly key: readonly string[];
  /** Columns that count by themselves and not with their rows: what a change of any value changes as well. */
  readonly stamped: readonly string[];
  /** Why its rows are not compared; null: they are. */
  readonly bar: string | null;
}

/** The tables of users whose rows can be compared, partitions by themselves, and those whose rows cannot. */
export async function listTables(sql: Sql): Promise<readonly Omit<TableToRead, "stamped">[]> {
  return sql<Omit<TableToRead, "stamped">[]>`
    select c.oid::regclass::text as name,
           to_jsonb(array(select a.attname::text from pg_catalog.pg_attribute as a
                 where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attname collate "C")) as columns,
           to_jsonb(array(select a.attname::text from pg_catalog.pg_index as i
                 cross join lateral unnest(i.indkey) with ordinality as k(attnum, place)
                 join pg_catalog.pg_attribute as a on a.attrelid = i.indrelid and a.attnum = k.attnum
                 where i.indrelid = c.oid and i.indisprimary order by k.place)) as key,
           case when not has_schema_privilege(n.oid, 'USAGE') then 'its schema may not be used'
                when not has_table_privilege(c.oid, 'SELECT') then 'it may not be read'
                when row_security_active(c.oid) then 'row level security hides rows'
                when c.relkind = 'f' then 'it is a foreign table'
           end as bar
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('r', 'm', 'f') and c.relispopulated and ${ofUsers(sql)}
      and not exists (select from pg_catalog.pg_depend as e
                      where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')
    order by 1`;
}
