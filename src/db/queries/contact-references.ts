import type { Sql } from "postgres";

/** A foreign key that references contacts. */
export interface ContactReference {
  readonly constraint: string;
  /** Schema-qualified and quoted where needed. */
  readonly table: string;
  /** The column with the contact's id, quoted; null where the key references something else than the id. */
  readonly column: string | null;
  /** It cannot be emptied: NOT NULL, part of a key that matches in full, or deleted together with its contact. */
  readonly required: boolean;
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
           coalesce(own.attnotnull or y.typnotnull, true) or k.confdeltype = 'c'
             or k.confmatchtype = 'f' and cardinality(k.conkey) > 1 as required
    from pg_catalog.pg_constraint as k
    join pg_catalog.pg_class as r on r.oid = k.conrelid
    join pg_catalog.pg_namespace as n on n.oid = r.relnamespace
    left join lateral (
      select a.* from unnest(k.conkey, k.confkey) as m(here, there)
      join pg_catalog.pg_attribute as t on t.attrelid = k.confrelid and t.attnum = m.there and t.attname = 'id'
      join pg_catalog.pg_attribute as a on a.attrelid = k.conrelid and a.attnum = m.here
    ) as own on true
    left join pg_catalog.pg_type as y on y.oid = own.atttypid
    where k.contype = 'f' and k.confrelid = to_regclass('public.contacts') and k.conparentid = 0 and n.nspname <> 'ssot'
    order by 2, 1`;
}

/** How many rows of a table reference one of these contacts, and at most twenty of the contacts. */
export async function countReferences(
  sql: Sql,
  { table, column }: ContactReference,
  contacts: readonly string[],
): Promise<{ readonly rows: number; readonly contacts: readonly string[] }> {
  const key = sql.unsafe(column ?? "null");
  const [row] = await sql<{ rows: string; contacts: string[] }[]>`
    select coalesce(sum(n), 0) as rows, to_jsonb(coalesce((array_agg(id order by id))[1:20], '{}')) as contacts
    from (select ${key}::text as id, count(*) as n from ${sql.unsafe(table)} where ${key} = any (${contacts}::uuid[]) group by 1) as r`;
  return { rows: Number(row?.rows ?? 0), contacts: row?.contacts ?? [] };
}
