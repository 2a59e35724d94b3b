-- Gives everything in schema ssot to the schema's owner, and to nobody else. Raises where a grant is back: an event trigger gave it.
create or replace function ssot.own_schema() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  owner constant oid := (select n.nspowner from pg_catalog.pg_namespace as n where n.nspname = 'ssot');
  o record;
  others text;
begin
  for o in
    select p.oid::regprocedure::text as name, 'routine' as kind from pg_catalog.pg_proc as p
    where p.pronamespace = 'ssot'::regnamespace and p.proowner <> owner
    union all
    select c.oid::regclass::text, case c.relkind when 'v' then 'view' when 'S' then 'sequence' else 'table' end from pg_catalog.pg_class as c
    where c.relnamespace = 'ssot'::regnamespace and c.relkind in ('r', 'p', 'v', 'S') and c.relowner <> owner
      and not c.relname ^@ 'adopted_'  /* somebody's, on its way through */
      and not exists (select from pg_catalog.pg_depend as d
                      where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and c.relkind = 'S' and d.deptype in ('a', 'i'))
  loop
    execute format('alter %s %s owner to %I', o.kind, o.name, pg_get_userbyid(owner));
  end loop;
  perform ssot.lift_row_security();
  perform ssot.close_schema();
  select string_agg(p.oid::regprocedure::text, ', ' order by p.oid::regprocedure::text) into others
  from pg_catalog.pg_proc as p
  where p.pronamespace = 'ssot'::regnamespace
    and exists (select from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as x where x.grantee <> p.proowner);
  if others is not null then
    raise exception 'somebody is given rights on functions of schema ssot as soon as they are made: %', others
      using errcode = 'object_not_in_prerequisite_state', hint = 'An event trigger does that. Disable it for the run.';
  end if;
end
$$;
