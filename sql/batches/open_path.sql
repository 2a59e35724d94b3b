-- Before rows are changed, until the end of the transaction: where somebody's code would run that has no search path of its own (the
-- function of a trigger, or one that a CHECK, a domain, a default, a generated column or an index calls), names are looked up as that
-- role's sessions do, PostgreSQL's first. Under our empty path that code would not find its tables and functions.
create or replace function ssot.open_path() returns void
language plpgsql as $$
begin
  if exists (
    with recursive touched(relid) as (
      select t.relid from unnest(array['public.calls'::regclass::oid, 'public.contacts'::regclass::oid]) as t(relid)
      union select k.conrelid from pg_catalog.pg_constraint as k where k.contype = 'f' and k.confrelid = 'public.contacts'::regclass
      union select d.relid::oid from touched as t cross join lateral pg_partition_tree(t.relid) as d
    ), used_type(oid) as (
      select a.atttypid from pg_catalog.pg_attribute as a where a.attrelid in (table touched) and a.attnum > 0 and not a.attisdropped
      union select e.oid from used_type as u join pg_catalog.pg_type as t on t.oid = u.oid
            cross join unnest(array[t.typbasetype, t.typelem]) as e(oid) where e.oid <> 0
    ), code(classid, objid) as (
      select 'pg_catalog.pg_trigger'::regclass::oid, t.oid from pg_catalog.pg_trigger as t
      where t.tgrelid in (table touched) and not t.tgisinternal and t.tgenabled <> 'D'
      union all select 'pg_catalog.pg_constraint'::regclass, k.oid from pg_catalog.pg_constraint as k
      where k.conrelid in (table touched) or k.contypid in (table used_type)
      union all select 'pg_catalog.pg_attrdef'::regclass, d.oid from pg_catalog.pg_attrdef as d where d.adrelid in (table touched)
      union all select 'pg_catalog.pg_class'::regclass, x.indexrelid from pg_catalog.pg_index as x where x.indrelid in (table touched)
    )
    select from code as c
    join pg_catalog.pg_depend as d on d.classid = c.classid and d.objid = c.objid
    left join pg_catalog.pg_operator as o on d.refclassid = 'pg_catalog.pg_operator'::regclass and o.oid = d.refobjid
    join pg_catalog.pg_proc as p
      on p.oid = case when d.refclassid = 'pg_catalog.pg_proc'::regclass then d.refobjid else o.oprcode::oid end
    where p.pronamespace not in ('ssot'::regnamespace, 'pg_catalog'::regnamespace)
      and not exists (select from unnest(p.proconfig) as s(setting) where s.setting ^@ 'search_path='))
  then
    perform set_config('search_path', 'pg_catalog, ' || (
      select coalesce(nullif(s.reset_val, ''), '""') from pg_catalog.pg_settings as s where s.name = 'search_path'), true);
  end if;
end
$$;
