-- The search path under which rows of tables are changed, and of what follows them, so that code of others finds what it names: where some would run that has no search path
-- of its own (the function of a trigger, or one that a CHECK, a domain, a default, a generated column or an index calls), that of this
-- role's sessions, PostgreSQL's schema first; else ours.
-- A statement of ours that changes rows of others' tables is read under our own path, and opens the other one only once it runs, before
-- its first row: "from pg_catalog.set_config('search_path', …, true) as opened(path)". Read under theirs, an operator or a function of
-- somebody's that fits better than PostgreSQL's would be taken for it. The routine closes the path again with the next statement.
-- Asked before each batch: from the functions that there are, which are few, to what uses them.
create or replace function ssot.path_for(roots oid[]) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  codes constant oid[] := array(
    select p.oid from pg_catalog.pg_proc as p
    where p.oid >= 16384 and p.pronamespace not in ('ssot'::regnamespace, 'pg_catalog'::regnamespace)
      and not exists (select from unnest(p.proconfig) as s(setting) where s.setting ^@ 'search_path='));
begin
  if codes = '{}' then return 'pg_catalog, pg_temp'; end if;
  if exists (
    with recursive used(classid, objid) as materialized (
      select d.classid, d.objid from unnest(codes) as f(oid)
      join pg_catalog.pg_depend as d on d.refclassid = 'pg_catalog.pg_proc'::regclass and d.refobjid = f.oid
      union all
      select d.classid, d.objid from unnest(codes) as f(oid)
      join pg_catalog.pg_operator as o on o.oprcode = f.oid
      join pg_catalog.pg_depend as d on d.refclassid = 'pg_catalog.pg_operator'::regclass and d.refobjid = o.oid
    ), touched(relid) as (
      select t.relid from unnest(roots) as t(relid) where t.relid is not null
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
    ), used_type(oid) as (
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
    )
    select from used as u join pg_catalog.pg_trigger as t on u.classid = 'pg_catalog.pg_trigger'::regclass and t.oid = u.objid
    where not t.tgisinternal and t.tgenabled <> 'D' and t.tgrelid in (table touched)
    union all
    select from used as u join pg_catalog.pg_constraint as k on u.classid = 'pg_catalog.pg_constraint'::regclass and k.oid = u.objid
    where k.conrelid in (table touched) or k.contypid in (table used_type)
    union all
    select from used as u join pg_catalog.pg_attrdef as d on u.classid = 'pg_catalog.pg_attrdef'::regclass and d.oid = u.objid
    where d.adrelid in (table touched)
    union all
    select from used as u join pg_catalog.pg_index as x on u.classid = 'pg_catalog.pg_class'::regclass and x.indexrelid = u.objid
    where x.indrelid in (table touched))
  then
    return 'pg_catalog, ' || (
      select coalesce(nullif(s.reset_val, ''), '""') from pg_catalog.pg_settings as s where s.name = 'search_path');
  end if;
  return 'pg_catalog, pg_temp';
end
$$;
