-- The search path under which rows of tables are changed, and of what follows them, so that code of others finds what it names: where some would run that has no search path
-- of its own (the function of a trigger, or one that a CHECK, a domain, a default, a generated column or an index calls), that of this
-- role's sessions, PostgreSQL's schema first; else ours.
-- A statement of ours that changes rows of others' tables is read under our own path, and opens the other one only once it runs, before
-- its first row: "from pg_catalog.set_config('search_path', …, true) as opened(path)". Read under theirs, an operator or a function of
-- somebody's that fits better than PostgreSQL's would be taken for it. The routine closes the path again with the next statement.
-- Asked before each batch: from the tables, which are few, to what they use. Step by step, by indexes alone and by plans that are made once a
-- session: one statement of it all, on a catalog without statistics, took 30 to 80 ms a batch for its hashes.
create or replace function ssot.path_for(roots oid[]) returns text
language plpgsql stable set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan
set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off set enable_hashagg = off as $$
declare
  tables oid[] := array(select t.relid from unnest(roots) as t(relid) where t.relid is not null);
  types oid[];
  found_now oid[] := tables;
  kinds oid[];
  used oid[];
begin
  if not exists (
    select from pg_catalog.pg_proc as p
    where p.oid >= 16384 and p.pronamespace not in ('ssot'::regnamespace, 'pg_catalog'::regnamespace)
      and not exists (select from unnest(p.proconfig) as s(setting) where s.setting ^@ 'search_path='))
  then return 'pg_catalog, pg_temp'; end if;

  while found_now <> '{}' loop
    found_now := array(
      select distinct x.relid
      from unnest(found_now) as t(relid)
      cross join lateral (
        select i.inhrelid as relid from pg_catalog.pg_inherits as i join pg_catalog.pg_class as c on c.oid = i.inhrelid and c.relkind in ('r', 'p', 'f')
        where i.inhparent = t.relid
        union all
        select k.conrelid
        from pg_catalog.pg_depend as d join pg_catalog.pg_constraint as k on k.oid = d.objid
        where d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = t.relid and d.classid = 'pg_catalog.pg_constraint'::regclass
          and k.contype = 'f' and k.confrelid = t.relid and (
          t.relid = to_regclass('public.contacts')
          or k.confupdtype in ('c', 'n', 'd') and (t.relid <> to_regclass('public.calls') or exists (
               select from pg_catalog.pg_attribute as a
               where a.attrelid = t.relid and a.attnum = any (k.confkey) and a.attname not in ('id', 'org_id', 'vapi_call_id'))))
      ) as x
      where x.relid <> all (tables));
    tables := tables || found_now;
  end loop;

  /* What belongs to these tables depends on: functions, operators, types that somebody made. */
  select coalesce(array_agg(d.refclassid), '{}'), coalesce(array_agg(d.refobjid), '{}') into kinds, used
  from unnest(tables) as t(relid)
  cross join lateral (
    select 'pg_catalog.pg_trigger'::regclass::oid as classid, g.oid from pg_catalog.pg_trigger as g
    where g.tgrelid = t.relid and not g.tgisinternal and g.tgenabled <> 'D'
    union all select 'pg_catalog.pg_constraint'::regclass, k.oid from pg_catalog.pg_constraint as k where k.conrelid = t.relid
    union all select 'pg_catalog.pg_attrdef'::regclass, f.oid from pg_catalog.pg_attrdef as f where f.adrelid = t.relid
    union all select 'pg_catalog.pg_class'::regclass, x.indexrelid from pg_catalog.pg_index as x where x.indrelid = t.relid
    offset 0
  ) as o
  join pg_catalog.pg_depend as d on d.classid = o.classid and d.objid = o.oid and d.refobjid >= 16384
    and d.refclassid in ('pg_catalog.pg_proc'::regclass, 'pg_catalog.pg_operator'::regclass, 'pg_catalog.pg_type'::regclass);

  types := array(
    select u.oid from unnest(kinds, used) as u(kind, oid) where u.kind = 'pg_catalog.pg_type'::regclass
    union
    select c.atttypid
    from unnest(tables) as t(relid)
    cross join lateral (select a.atttypid from pg_catalog.pg_attribute as a where a.attrelid = t.relid and a.attnum > 0 and not a.attisdropped offset 0) as c
    where c.atttypid >= 16384);
  found_now := types;
  while found_now <> '{}' loop
    found_now := array(
      select distinct e.oid
      from unnest(found_now) as u(oid) join pg_catalog.pg_type as t on t.oid = u.oid
      cross join lateral (
        select x.oid from unnest(array[t.typbasetype, t.typelem]) as x(oid)
        union all select r.rngsubtype from pg_catalog.pg_range as r where t.typtype = 'r' and r.rngtypid = t.oid
        union all select r.rngsubtype from pg_catalog.pg_range as r where t.typtype = 'm' and r.rngmultitypid = t.oid
        union all select a.atttypid from pg_catalog.pg_attribute as a
        where a.attrelid = t.typrelid and t.typtype = 'c' and a.attnum > 0 and not a.attisdropped
        union all select d.refobjid from pg_catalog.pg_constraint as k
        join pg_catalog.pg_depend as d on d.classid = 'pg_catalog.pg_constraint'::regclass and d.objid = k.oid and d.refclassid = 'pg_catalog.pg_type'::regclass
        where t.typtype = 'd' and k.contypid = t.oid
        offset 0
      ) as e
      where e.oid >= 16384 and e.oid <> all (types));
    types := types || found_now;
  end loop;

  if exists (
    select
    from (
      select u.kind, u.oid from unnest(kinds, used) as u(kind, oid)
      union all
      select d.refclassid, d.refobjid
      from unnest(types) as u(oid) join pg_catalog.pg_constraint as k on k.contypid = u.oid
      join pg_catalog.pg_depend as d on d.classid = 'pg_catalog.pg_constraint'::regclass and d.objid = k.oid
    ) as u
    cross join lateral (
      select u.oid where u.kind = 'pg_catalog.pg_proc'::regclass
      union all select o.oprcode from pg_catalog.pg_operator as o where u.kind = 'pg_catalog.pg_operator'::regclass and o.oid = u.oid
    ) as c
    join pg_catalog.pg_proc as p on p.oid = c.oid
    where p.oid >= 16384 and p.pronamespace not in ('ssot'::regnamespace, 'pg_catalog'::regnamespace)
      and not exists (select from unnest(p.proconfig) as s(setting) where s.setting ^@ 'search_path='))
  then
    return 'pg_catalog, ' || (
      select coalesce(nullif(s.reset_val, ''), '""') from pg_catalog.pg_settings as s where s.name = 'search_path');
  end if;
  return 'pg_catalog, pg_temp';
end
$$;
