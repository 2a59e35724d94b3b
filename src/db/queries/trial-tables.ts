import type { Sql } from "postgres";

/** A table that a run writes to, as far as a copy of it has to be known. */
export interface TrialTable {
  readonly role: "contacts" | "calls" | "reference";
  /** As a message names it. */
  readonly name: string;
  /** Schema-qualified and quoted. */
  readonly source: string;
  /** Without its schema, not quoted. */
  readonly relation: string;
  /** Columns that hold a contact's id, where a foreign key says so. */
  readonly references: readonly string[];
  readonly columns: readonly TrialColumn[];
  readonly triggers: readonly TrialTrigger[];
}

export interface TrialColumn {
  readonly name: string;
  /** As a cast names it. */
  readonly type: string;
  /** Of the type below all domains: pg_type.typcategory and typname. */
  readonly category: string;
  readonly base: string;
  /** The first label of an enum. */
  readonly label: string | null;
  readonly required: boolean;
  /** Computed from other columns: takes no value. */
  readonly generated: boolean;
  /** A default that asks no sequence. */
  readonly hasDefault: boolean;
}

/** An enabled BEFORE ROW trigger of somebody's. */
export interface TrialTrigger {
  readonly name: string;
  /** The statement that makes it. */
  readonly definition: string;
  readonly events: readonly string[];
  readonly body: string;
  readonly language: string;
}

/**
 * calls, contacts and the tables that reference contacts; of a partitioned table the table, and those partitions of calls that have
 * triggers or rules of their own.
 */
export async function listTrialTables(sql: Sql): Promise<readonly TrialTable[]> {
  return sql<TrialTable[]>`
    with tables(relid, role, refs) as (
      select to_regclass('public.contacts')::oid, 'contacts', array(
        select distinct a.attname from pg_catalog.pg_constraint as k
        join pg_catalog.pg_attribute as a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
        where k.contype = 'f' and k.conrelid = k.confrelid and k.conrelid = to_regclass('public.contacts') and a.attname not in ('id', 'org_id'))
      union all
      select c.relid, 'calls', array['contact_id']::name[]
      from (select to_regclass('public.calls')::oid as relid
            union select d.relid::oid from pg_partition_tree(to_regclass('public.calls')) as d
            where exists (select from pg_catalog.pg_trigger as t where t.tgrelid = d.relid and not t.tgisinternal and t.tgparentid = 0)
               or exists (select from pg_catalog.pg_constraint as k where k.conrelid = d.relid and k.contype = 'c' and k.coninhcount = 0)) as c
      union all
      select k.conrelid, 'reference', array_agg(distinct a.attname)
      from pg_catalog.pg_constraint as k
      join pg_catalog.pg_class as r on r.oid = k.conrelid
      join lateral unnest(k.conkey, k.confkey) as m(here, there) on true
      join pg_catalog.pg_attribute as i on i.attrelid = k.confrelid and i.attnum = m.there and i.attname = 'id'
      join pg_catalog.pg_attribute as a on a.attrelid = k.conrelid and a.attnum = m.here
      where k.contype = 'f' and k.confrelid = to_regclass('public.contacts') and k.conparentid = 0
        and k.conrelid not in (to_regclass('public.contacts'), to_regclass('public.calls')) and r.relnamespace is distinct from to_regnamespace('ssot')
      group by k.conrelid
    )
    select t.role, t.relid::regclass::text as name, format('%I.%I', n.nspname, r.relname) as source, r.relname as relation,
           to_jsonb(t.refs) as references,
           (select jsonb_agg(jsonb_build_object(
              'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'category', b.typcategory, 'base', b.typname,
              'label', (select e.enumlabel from pg_catalog.pg_enum as e where e.enumtypid = b.oid order by e.enumsortorder limit 1),
              'required', a.attnotnull or y.typnotnull, 'generated', a.attgenerated <> '',
              'hasDefault', d.oid is not null and pg_get_expr(d.adbin, d.adrelid) !~* '(nextval|setval)' and a.attgenerated = ''
              ) order by a.attnum)
            from pg_catalog.pg_attribute as a
            join pg_catalog.pg_type as y on y.oid = a.atttypid
            left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
            cross join lateral (
              with recursive chain(oid, below) as (
                select y.oid, y.typbasetype
                union all select z.oid, z.typbasetype from chain join pg_catalog.pg_type as z on z.oid = chain.below)
              select p.* from chain join pg_catalog.pg_type as p on p.oid = chain.oid where chain.below = 0) as b
            where a.attrelid = t.relid and a.attnum > 0 and not a.attisdropped) as columns,
           coalesce((
             select jsonb_agg(jsonb_build_object(
               'name', g.tgname, 'definition', pg_get_triggerdef(g.oid),
               'events', array_remove(array[case when g.tgtype & 4 <> 0 then 'INSERT' end, case when g.tgtype & 8 <> 0 then 'DELETE' end,
                                            case when g.tgtype & 16 <> 0 then 'UPDATE' end], null),
               'body', p.prosrc, 'language', l.lanname) order by g.tgname)
             from pg_catalog.pg_trigger as g
             join pg_catalog.pg_proc as p on p.oid = g.tgfoid
             join pg_catalog.pg_language as l on l.oid = p.prolang
             where g.tgrelid = t.relid and not g.tgisinternal and g.tgenabled in ('O', 'A') and g.tgparentid = 0 and g.tgtype & 3 = 3
               and p.pronamespace is distinct from to_regnamespace('ssot')), '[]') as triggers
    from tables as t
    join pg_catalog.pg_class as r on r.oid = t.relid
    join pg_catalog.pg_namespace as n on n.oid = r.relnamespace
    where t.relid is not null
    order by case t.role when 'contacts' then 1 when 'calls' then 2 else 3 end, 2`;
}
