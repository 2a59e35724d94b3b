import type { Sql } from "postgres";

/** A foreign key that references contacts. */
export interface ContactReference {
  readonly constraint: string;
  /** Schema-qualified and quoted where needed. */
  readonly table: string;
  /** The column with the contact's id, quoted; null where the key references something else than the id. */
  readonly column: string | null;
  /** It cannot be emptied: NOT NULL, or deleted together with its contact. */
  readonly required: boolean;
  /** For each unique key that holds the column: its other columns, quoted. Keys on expressions or parts are left out. */
  readonly uniqueWith: readonly (readonly string[])[];
}

/** Every foreign key on contacts, from the catalog; a partitioned table counts once. */
export async function listContactReferences(sql: Sql): Promise<readonly ContactReference[]> {
  return sql<ContactReference[]>`
    select k.conname as constraint,
           format('%I.%I', n.nspname, r.relname) as table,
           case when not exists (
             select from unnest(k.conkey, k.confkey) as m(here, there)
             join pg_catalog.pg_attribute as t on t.attrelid = k.confrelid and t.attnum = m.there
             where t.attname not in ('id', 'org_id')
           ) then quote_ident(own.attname) end as column,
           coalesce(own.attnotnull, true) or k.confdeltype = 'c' as required,
           coalesce((
             select jsonb_agg((select coalesce(jsonb_agg(quote_ident(a.attname) order by a.attnum), '[]')
                               from pg_catalog.pg_attribute as a
                               where a.attrelid = x.indrelid and a.attnum = any (x.indkey) and a.attnum <> own.attnum))
             from pg_catalog.pg_index as x
             where x.indrelid = k.conrelid and x.indisunique and x.indpred is null and x.indexprs is null and own.attnum = any (x.indkey)
           ), '[]') as "uniqueWith"
    from pg_catalog.pg_constraint as k
    join pg_catalog.pg_class as r on r.oid = k.conrelid
    join pg_catalog.pg_namespace as n on n.oid = r.relnamespace
    left join lateral (
      select a.* from unnest(k.conkey, k.confkey) as m(here, there)
      join pg_catalog.pg_attribute as t on t.attrelid = k.confrelid and t.attnum = m.there and t.attname = 'id'
      join pg_catalog.pg_attribute as a on a.attrelid = k.conrelid and a.attnum = m.here
    ) as own on true
    where k.contype = 'f' and k.confrelid = to_regclass('public.contacts') and k.conparentid = 0 and n.nspname <> 'ssot'
    order by 2, 1`;
}

/** How many rows of a table reference one of these contacts. */
export async function countReferences(
  sql: Sql,
  { table, column }: ContactReference,
  contacts: readonly string[],
): Promise<number> {
  const [row] = await sql<{ n: string }[]>`
    select count(*) as n from ${sql.unsafe(table)} where ${sql.unsafe(column ?? "null")} = any (${contacts}::uuid[])`;
  return Number(row?.n ?? 0);
}

/** Whether two rows of a table would become one in a unique key when the duplicates' references go to the survivors. */
export async function collides(
  sql: Sql,
  { table, column }: ContactReference,
  others: readonly string[],
  merges: readonly { readonly duplicate: string; readonly survivor: string }[],
): Promise<boolean> {
  const key = sql.unsafe(column ?? "null");
  const rest = others.map((name) => `r.${name}`);
  const [row] = await sql<{ hit: boolean }[]>`
    select exists (
      select from ${sql.unsafe(table)} as r
      left join unnest(${merges.map((m) => m.duplicate)}::uuid[], ${merges.map((m) => m.survivor)}::uuid[]) as m(duplicate, survivor)
        on m.duplicate = r.${key}
      where r.${key} = any (${merges.flatMap((m) => [m.duplicate, m.survivor])}::uuid[])
        ${sql.unsafe(rest.map((name) => `and ${name} is not null`).join(" "))}
      group by coalesce(m.survivor, r.${key})${sql.unsafe(rest.map((name) => `, ${name}`).join(""))}
      having count(*) > 1
    ) as hit`;
  return row?.hit ?? false;
}
