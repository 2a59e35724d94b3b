import type { Sql } from "postgres";

/** A table as somebody named it, found by the database's own search path. */
export interface NamedTable {
  readonly oid: number;
  /** As PostgreSQL prints it under an empty search path. */
  readonly relation: string;
  readonly schema: string;
  readonly name: string;
  /** Why none of its columns can be deprecated; null: they can. */
  readonly unfit: string | null;
  /** By which columns a row is found again; null: the table has no key. */
  readonly key: readonly string[] | null;
}

/** Finds a table: its name in quotes, with or without its schema. Undefined: there is none. */
export async function findTable(sql: Sql, table: string): Promise<NamedTable | undefined> {
  const [row] = await sql<NamedTable[]>`
    with here as materialized (
      select set_config('search_path', coalesce((select s.reset_val from pg_catalog.pg_settings as s where s.name = 'search_path'), ''), true) as path
    ), found as materialized (
      select pg_catalog.to_regclass(${table})::oid as oid from here where here.path is not null
    ), back as materialized (
      select set_config('search_path', '', true) as path from found where found.oid is not null
    )
    select c.oid::integer as oid, format('%s.%s', quote_ident(n.nspname), quote_ident(c.relname)) as relation, n.nspname as schema, c.relname as name,
           case when n.nspname in ('pg_catalog', 'information_schema', 'ssot') or n.nspname ^@ 'pg_' then 'it is no table of yours'
                when c.relkind = 'v' then 'it is a view: the column is one of the table below it'
                when c.relkind = 'm' then 'it is a materialized view'
                when c.relkind = 'f' then 'it is a foreign table: its column is deprecated where it is'
                when c.relkind not in ('r', 'p') then 'it is no table'
                when c.relispartition then 'it is a partition: name the partitioned table'
                when c.relpersistence = 't' then 'it is a temporary table'
                when exists (select from pg_catalog.pg_inherits as i where i.inhrelid = c.oid)
                  or c.relkind = 'r' and exists (select from pg_catalog.pg_inherits as i where i.inhparent = c.oid) then 'it inherits, or is inherited from'
                when exists (select from pg_catalog.pg_depend as d where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid
                               and d.refclassid = 'pg_catalog.pg_extension'::regclass and d.deptype = 'e') then 'it belongs to an extension' end as unfit,
           (select array_agg(a.attname::text order by k.place)
            from (select x.indkey, x.indnkeyatts from pg_catalog.pg_index as x
                  where x.indrelid = c.oid and x.indisunique and x.indimmediate and x.indisvalid and x.indpred is null and x.indexprs is null
                    and not exists (select from unnest(x.indkey) with ordinality as k(attnum, place)
                                    join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum = k.attnum
                                    where k.place <= x.indnkeyatts and not a.attnotnull)
                  order by x.indisprimary desc, x.indnkeyatts, x.indexrelid limit 1) as x
            cross join lateral unnest(x.indkey) with ordinality as k(attnum, place)
            join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attnum = k.attnum
            where k.place <= x.indnkeyatts) as key
    from back join found on back.path = '' join pg_catalog.pg_class as c on c.oid = found.oid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace`;
  return row;
}

/** A column that is to be deprecated. */
export interface NamedColumn {
  readonly name: string;
  /** As PostgreSQL prints it; null: there is no such column. */
  readonly type: string | null;
  /** Why it cannot be deprecated; null: it can. */
  readonly unfit: string | null;
}

/** What there is of these columns, in their order. */
export async function readColumns(sql: Sql, oid: number, columns: readonly string[]): Promise<readonly NamedColumn[]> {
  return sql<NamedColumn[]>`
    select w.name, format_type(a.atttypid, a.atttypmod) as type,
           case when a.attnum is null then 'there is no such column'
                when a.attgenerated <> '' then 'it is generated: drop it, its values are made again from others'
                when a.attidentity <> '' then 'it is an identity column'
                when a.attnum = any (p.partattrs) or p.partexprs is not null and pg_get_partkeydef(c.oid) ~ ('(^|[^a-z0-9_])' || regexp_replace(lower(quote_ident(w.name)), '([^a-z0-9_"])', '\\\\\\1', 'g') || '($|[^a-z0-9_])')
                  then 'it is part of the partition key'
                when k.conname is not null then format('it is part of the %s %s', case k.contype when 'p' then 'primary key' when 'u' then 'unique key'
                                                       when 'f' then 'foreign key' else 'exclusion constraint' end, k.conname)
                when x.indexrelid is not null then format('it is part of the unique index %s', x.indexrelid::regclass)
                when a.attnotnull and not a.atthasdef
                  then format('it must have a value, and has no default: whoever stops writing it would fail. First: alter table %s alter column %I drop not null', c.oid::regclass, w.name)
                when n.part is not null
                  then format('it must have a value in partition %1$s. First: alter table %1$s alter column %2$I drop not null', n.part, w.name)
                when w.name in ('gone', 'filled', 'filled_over') or w.name ~ '^key_[0-9]+$' then 'its name is one that the archive needs for itself' end as unfit
    from unnest(${columns}::text[]) with ordinality as w(name, place)
    join pg_catalog.pg_class as c on c.oid = ${oid}
    left join pg_catalog.pg_partitioned_table as p on p.partrelid = c.oid
    left join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attname = w.name and a.attnum > 0 and not a.attisdropped
    left join lateral (select k.conname, k.contype from pg_catalog.pg_constraint as k
                       where k.conrelid = c.oid and a.attnum = any (k.conkey) and k.contype in ('p', 'u', 'f', 'x') order by k.contype limit 1) as k on true
    left join lateral (select x.indexrelid from pg_catalog.pg_index as x
                       where x.indrelid = c.oid and x.indisunique and a.attnum = any (x.indkey) order by x.indexrelid limit 1) as x on true
    left join lateral (select p.relid::regclass as part from pg_partition_tree(c.oid) as p
                       join pg_catalog.pg_attribute as o on o.attrelid = p.relid and o.attname = a.attname
                       where not a.attnotnull and o.attnotnull order by p.relid::regclass::text limit 1) as n on true
    order by w.place`;
}

/** What does not keep a column from being deprecated, and would keep it from being dropped. */
export interface InTheWay {
  readonly kind: string;
  readonly name: string;
  readonly column: string;
}

/** Objects that stand on the columns as far as PostgreSQL tracks it, and functions in whose body column and table are named. */
export async function listInTheWay(
  sql: Sql,
  { oid, name }: Pick<NamedTable, "oid" | "name">,
  columns: readonly string[],
): Promise<readonly InTheWay[]> {
  return sql<InTheWay[]>`
    with wanted as materialized (
      select a.attname::text as name, a.attnum from pg_catalog.pg_attribute as a
      where a.attrelid = ${oid} and a.attname = any (${columns}::text[]) and not a.attisdropped
    ), tracked as (
      select distinct case when r.oid is not null then case v.relkind when 'm' then 'materialized view' when 'v' then 'view' else 'rule' end else i.type end as kind,
             case when r.oid is not null and v.relkind in ('m', 'v') then v.oid::regclass::text else i.identity end as name, w.name as column
      from wanted as w
      join pg_catalog.pg_depend as d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = ${oid} and d.refobjsubid = w.attnum
      left join pg_catalog.pg_rewrite as r on d.classid = 'pg_catalog.pg_rewrite'::regclass and r.oid = d.objid
      left join pg_catalog.pg_class as v on v.oid = r.ev_class
      left join pg_catalog.pg_index as x on d.classid = 'pg_catalog.pg_class'::regclass and x.indexrelid = d.objid
      left join pg_catalog.pg_trigger as t on d.classid = 'pg_catalog.pg_trigger'::regclass and t.oid = d.objid
      left join pg_catalog.pg_proc as p on p.oid = t.tgfoid
      cross join lateral pg_identify_object(d.classid, d.objid, d.objsubid) as i
      where d.classid <> 'pg_catalog.pg_attrdef'::regclass and d.classid <> 'pg_catalog.pg_type'::regclass
        and not (d.classid = 'pg_catalog.pg_constraint'::regclass and (select k.contype from pg_catalog.pg_constraint as k where k.oid = d.objid) = 'n')
        and not (d.classid = 'pg_catalog.pg_class'::regclass and d.objid = ${oid})
        and not coalesce(x.indnatts = 1 and x.indpred is null and x.indexprs is null, false)
        and coalesce(p.pronamespace <> to_regnamespace('ssot'), true)
    ), bodies as (
      select case p.prokind when 'p' then 'procedure' else 'function' end as kind, p.oid::regprocedure::text as name, w.name as column
      from pg_catalog.pg_proc as p
      cross join wanted as w
      where p.pronamespace not in (select n.oid from pg_catalog.pg_namespace as n where n.nspname in ('pg_catalog', 'information_schema', 'ssot'))
        and p.prokind in ('f', 'p') and strpos(lower(p.prosrc), lower(w.name)) > 0
        and (strpos(lower(p.prosrc), lower(${name})) > 0
             or exists (select from pg_catalog.pg_trigger as t where t.tgfoid = p.oid and t.tgrelid = ${oid}))
        and not exists (select from pg_catalog.pg_depend as e where e.classid = 'pg_catalog.pg_proc'::regclass and e.objid = p.oid and e.deptype = 'e')
    )
    select kind, name, "column" from tracked
    union select kind, name, "column" from bodies
    union select 'generated column', format('%s.%I', a.attrelid::regclass, a.attname), w.name
    from wanted as w
    join pg_catalog.pg_depend as d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = ${oid} and d.refobjsubid = w.attnum
    join pg_catalog.pg_attrdef as e on d.classid = 'pg_catalog.pg_attrdef'::regclass and e.oid = d.objid and e.adnum <> w.attnum
    join pg_catalog.pg_attribute as a on a.attrelid = e.adrelid and a.attnum = e.adnum
    order by 1, 2, 3`;
}

/** The migration that deprecated one of the columns already. */
export async function findDeprecated(
  sql: Sql,
  relation: string,
  columns: readonly string[],
): Promise<{ readonly column: string; readonly migration: string } | undefined> {
  const [engine] = await sql<
    { present: boolean }[]
  >`select to_regclass('ssot.deprecated_column') is not null as present`;
  if (!engine?.present) return undefined;
  const [row] = await sql<{ column: string; migration: string }[]>`
    select d.column_name as column, d.migration from ssot.deprecated_column as d
    where d.relation = ${relation} and d.column_name = any (${columns}::text[]) order by d.place limit 1`;
  return row;
}
