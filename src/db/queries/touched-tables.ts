/** The tables of the mission whose rows its migrations change. */
export const missionTables: readonly string[] = ["public.calls", "public.contacts"];

/** What these tables are, as SQL without parameters. */
const missionRoots = "array[to_regclass('public.calls')::oid, to_regclass('public.contacts')::oid]";

/**
 * Tables whose rows a run changes, as a part of a recursive WITH: the roots (an array of their oids, in SQL), the tables that reference
 * contacts, what a foreign key of these carries a new value on to, and the parts and children of all.
 */
export function touchedBy(roots: string): string {
  return `touched(relid) as (
    select t.relid from unnest(${roots}) as t(relid) where t.relid is not null
    union
    select x.relid
    from touched as t
    cross join lateral (
      select i.inhrelid as relid from pg_catalog.pg_inherits as i join pg_catalog.pg_class as c on c.oid = i.inhrelid and c.relkind in ('r', 'p', 'f')
      where i.inhparent = t.relid
      union all
      select k.conrelid from pg_catalog.pg_constraint as k
      where k.contype = 'f' and k.confrelid = t.relid and (
        t.relid = to_regclass('public.contacts')
        or k.confupdtype in ('c', 'n', 'd') and (t.relid <> to_regclass('public.calls') or exists (
             select from pg_catalog.pg_attribute as a
             where a.attrelid = t.relid and a.attnum = any (k.confkey) and a.attname not in ('id', 'org_id', 'vapi_call_id'))))
    ) as x
  )`;
}

/** Those of the mission. */
export const touchedTables = touchedBy(missionRoots);

/** Types that rows of these tables have, or that an expression of theirs casts to, and all that these are made of. */
export const usedTypes = `used_type(oid) as (
    (select a.atttypid from pg_catalog.pg_attribute as a where a.attrelid in (table touched) and a.attnum > 0 and not a.attisdropped
     union
     select d.refobjid
     from (
       select 'pg_catalog.pg_constraint'::regclass::oid, k.oid from pg_catalog.pg_constraint as k where k.conrelid in (table touched)
       union all select 'pg_catalog.pg_attrdef'::regclass, f.oid from pg_catalog.pg_attrdef as f where f.adrelid in (table touched)
       union all select 'pg_catalog.pg_class'::regclass, x.indexrelid from pg_catalog.pg_index as x where x.indrelid in (table touched)
       union all select 'pg_catalog.pg_trigger'::regclass, t.oid from pg_catalog.pg_trigger as t where t.tgrelid in (table touched)
     ) as o(classid, objid)
     join pg_catalog.pg_depend as d on d.classid = o.classid and d.objid = o.objid and d.refclassid = 'pg_catalog.pg_type'::regclass)
    union
    select e.oid
    from used_type as u join pg_catalog.pg_type as t on t.oid = u.oid
    cross join lateral (
      select x.oid from unnest(array[t.typbasetype, t.typelem]) as x(oid) where x.oid <> 0
      union all select r.rngsubtype from pg_catalog.pg_range as r where t.typtype in ('r', 'm') and t.oid in (r.rngtypid, r.rngmultitypid)
      union all select a.atttypid from pg_catalog.pg_attribute as a
      where a.attrelid = t.typrelid and t.typtype = 'c' and a.attnum > 0 and not a.attisdropped
      union all select d.refobjid from pg_catalog.pg_constraint as k
      join pg_catalog.pg_depend as d on d.classid = 'pg_catalog.pg_constraint'::regclass and d.objid = k.oid and d.refclassid = 'pg_catalog.pg_type'::regclass
      where t.typtype = 'd' and k.contypid = t.oid
    ) as e
  )`;
