import type { Sql } from "postgres";

export interface GeneratedColumn {
  readonly name: string;
  /** As SQL writes it. */
  readonly type: string;
  /** What lies below domains, by its name in the catalog; its category (A: arrays), and kind (e: enums). */
  readonly base: string;
  readonly category: string;
  readonly kind: string;
  /** Of text and bits, or null; and digits before the point of numeric, or null. */
  readonly length: number | null;
  readonly digits: number | null;
  readonly required: boolean;
  /** It gets a value by itself; `distinct`: another one each time. */
  readonly given: boolean;
  readonly distinct: boolean;
  /** The first label of an enum, or the first value of a list that a CHECK allows. */
  readonly label: string | null;
}

export interface GeneratedReference {
  readonly columns: readonly string[];
  readonly parent: string;
  readonly parentColumns: readonly string[];
  readonly required: boolean;
}

/** A table that is to get rows, as the target has it. */
export interface GeneratedTable {
  /** As PostgreSQL writes it, and that of what it is a part of, else the same. */
  readonly name: string;
  readonly root: string;
  /** By the statistics. */
  readonly rows: number;
  /** Of a part: the column that says which, and its bounds as PostgreSQL writes them. */
  readonly part: { readonly column: string | null; readonly bound: string } | null;
  readonly columns: readonly GeneratedColumn[];
  /** Columns that are distinct together. */
  readonly keys: readonly (readonly string[])[];
  readonly references: readonly GeneratedReference[];
}

/** These tables, or their parts, and whatever rows of theirs have to reference. */
export async function listGeneratedTables(sql: Sql, tables: readonly string[]): Promise<readonly GeneratedTable[]> {
  const rows = await sql<(Omit<GeneratedTable, "rows"> & { readonly rows: string })[]>`
    with recursive named(relid) as (
      select to_regclass(t.name)::oid from unnest(${[...tables]}::text[]) as t(name)
      union
      select x.relid from named as n cross join lateral (
        select i.inhrelid as relid from pg_catalog.pg_inherits as i where i.inhparent = n.relid
        union all
        select k.confrelid from pg_catalog.pg_constraint as k
        where k.contype = 'f' and k.conrelid = n.relid
          and not exists (select from pg_catalog.pg_attribute as a where a.attrelid = k.conrelid and a.attnum = any (k.conkey) and not a.attnotnull)
      ) as x
    )
    select c.oid::regclass::text as name, coalesce(pg_partition_root(c.oid), c.oid)::regclass::text as root,
           case when c.reltuples < 0 then pg_relation_size(c.oid) / 200 else c.reltuples end::bigint as rows,
           case when c.relispartition then jsonb_build_object('bound', pg_get_expr(c.relpartbound, c.oid), 'column',
             (select a.attname from pg_catalog.pg_inherits as i join pg_catalog.pg_partitioned_table as p on p.partrelid = i.inhparent
              join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attname =
                (select o.attname from pg_catalog.pg_attribute as o where o.attrelid = i.inhparent and o.attnum = p.partattrs[0])
              where i.inhrelid = c.oid and p.partnatts = 1)) end as part,
           (select coalesce(jsonb_agg(jsonb_build_object(
              'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'base', b.typname, 'category', b.typcategory, 'kind', b.typtype,
              'length', case when m.typmod > 0 and b.typname in ('varchar', 'bpchar') then m.typmod - 4
                             when m.typmod > 0 and b.typname = 'bit' then m.typmod end,
              'digits', case when m.typmod > 0 and b.typname = 'numeric' then ((m.typmod - 4) >> 16 & 65535) - ((m.typmod - 4) & 2047) end,
              'required', a.attnotnull or y.typnotnull,
              'given', a.atthasdef or a.attidentity <> '' or y.typdefault is not null or r.identity,
              'distinct', a.attidentity <> '' or r.identity or coalesce(pg_get_expr(d.adbin, d.adrelid) ~ 'nextval|uuid', false),
              'label', coalesce(
                 (select e.enumlabel from pg_catalog.pg_enum as e where e.enumtypid = b.oid order by e.enumsortorder limit 1),
                 (select (regexp_match(pg_get_constraintdef(k.oid), 'ARRAY[[]''([^'']*)'''))[1] from pg_catalog.pg_constraint as k
                  where k.contype = 'c' and (k.conrelid = c.oid and k.conkey = array[a.attnum] or k.contypid = a.atttypid)
                    and pg_get_constraintdef(k.oid) ~ '= ANY [(]+ARRAY[[]''' limit 1))) order by a.attnum), '[]')
            from pg_catalog.pg_attribute as a join pg_catalog.pg_type as y on y.oid = a.atttypid
            cross join lateral (
              with recursive base(oid, typmod) as (
                select a.atttypid, a.atttypmod
                union all
                select t.typbasetype, case when t.typtypmod > 0 then t.typtypmod else base.typmod end
                from base join pg_catalog.pg_type as t on t.oid = base.oid where t.typtype = 'd'
              )
              select base.oid, base.typmod from base join pg_catalog.pg_type as t on t.oid = base.oid where t.typtype <> 'd'
            ) as m
            join pg_catalog.pg_type as b on b.oid = m.oid
            -- A part has it by itself since PostgreSQL 17 alone.
            cross join lateral (
              select exists (select from pg_catalog.pg_attribute as o
                             where o.attrelid = pg_partition_root(c.oid) and o.attname = a.attname and o.attidentity <> '') as identity
            ) as r
            left join pg_catalog.pg_attrdef as d on d.adrelid = c.oid and d.adnum = a.attnum
            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns,
           (select coalesce(jsonb_agg(x.columns order by x.columns), '[]') from (
              select (select jsonb_agg(a.attname order by o.place) from unnest(i.indkey) with ordinality as o(attnum, place)
                      join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum = o.attnum where o.place <= i.indnkeyatts) as columns
              from pg_catalog.pg_index as i where i.indrelid = c.oid and i.indisunique and i.indexprs is null) as x) as keys,
           (select coalesce(jsonb_agg(jsonb_build_object('parent', k.confrelid::regclass, 'columns', p.columns, 'parentColumns', p.there, 'required', p.required)
                            order by k.conname), '[]')
            from pg_catalog.pg_constraint as k
            cross join lateral (
              select jsonb_agg(a.attname order by o.place) as columns, jsonb_agg(t.attname order by o.place) as there, bool_and(a.attnotnull) as required
              from unnest(k.conkey, k.confkey) with ordinality as o(here, there, place)
              join pg_catalog.pg_attribute as a on a.attrelid = k.conrelid and a.attnum = o.here
              join pg_catalog.pg_attribute as t on t.attrelid = k.confrelid and t.attnum = o.there
            ) as p
            where k.contype = 'f' and k.conrelid = c.oid
              and not exists (select from pg_catalog.pg_constraint as u where u.oid = k.conparentid and u.conrelid = k.conrelid)) as "references"
    from pg_catalog.pg_class as c
    where c.oid in (table named) and c.relkind = 'r' order by 1`;
  return rows.map((row) => ({ ...row, rows: Number(row.rows) }));
}
