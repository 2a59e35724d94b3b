import type postgres from "postgres";

/** What a part of a snapshot reads with. */
export interface Snapshotter {
  readonly sql: postgres.TransactionSql;
  readonly ignored: string[];
}

/** Reads all objects of one kind, in a stable order. */
export type ListObjects = (snapshotter: Snapshotter) => Promise<readonly object[]>;

/** The rows of the schema alias `n` that a snapshot covers. */
export function covered({ sql, ignored }: Snapshotter) {
  return sql`n.nspname !~ '^pg_' and n.nspname <> 'information_schema' and n.nspname <> all (${ignored}::text[])`;
}

/** An access list as sorted text; an absent one is what it means: the default of its kind of object. */
export function privileges(
  { sql }: Snapshotter,
  kind: "r" | "s" | "c" | "f" | "n" | "T" | "l",
  list: string,
  owner: string,
) {
  return sql`array(
    select p.line from (
      select format('%s %s by %s%s', case a.grantee when 0 then 'public' else pg_get_userbyid(a.grantee)::text end,
        a.privilege_type, pg_get_userbyid(a.grantor), case when a.is_grantable then ' grantable' else '' end) as line
      from pg_catalog.aclexplode(coalesce(${sql(list)}, pg_catalog.acldefault(${kind}, ${sql(owner)}))) as a
    ) as p order by p.line collate "C")`;
}

/** Every row of every table, tables and rows in C order, as values in the order of the columns' names. */
export async function* tableContents(snapshotter: Snapshotter): AsyncGenerator<string> {
  const { sql } = snapshotter;
  const tables = await sql<{ schema: string; name: string; columns: string[] }[]>`
    select n.nspname as schema, c.relname as name,
      array(select a.attname::text from pg_catalog.pg_attribute as a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attname collate "C") as columns
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where c.relkind = 'r' and ${covered(snapshotter)}
    order by n.nspname collate "C", c.relname collate "C"`;
  for (const { schema, name, columns } of tables) {
    yield `data ${JSON.stringify({ schema, name, columns })}`;
    const values = columns.map((column) => sql`quote_nullable(${sql(column)}::text)`);
    const list = values.length === 0 ? sql`` : values.reduce((before, value) => sql`${before}, ${value}`);
    const rows = await sql<{ line: string }[]>`
      select array_to_string(array[${list}]::text[], ', ') collate "C" as line from only ${sql(schema)}.${sql(name)}
      order by line`;
    for (const { line } of rows) yield `row ${line}`;
  }
}
