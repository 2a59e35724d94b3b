-- The same for everything that is in schema ssot at this moment. The schema is closed; this is the second lock on the door.
create or replace function ssot.close_schema() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  g record;
begin
  /* At once what one by one takes longer: what a new function has by default. Not where none is new: a REVOKE moves the xmin by which
     a witness is known. */
  if exists (select from pg_catalog.pg_proc as p where p.pronamespace = 'ssot'::regnamespace and p.proacl is null) then
    revoke all on all routines in schema ssot from public;
  end if;
  perform ssot.close_function(p.oid)
  from pg_catalog.pg_proc as p
  where p.pronamespace = 'ssot'::regnamespace
    and (p.proacl is null or exists (select from aclexplode(p.proacl) as x where x.grantee <> p.proowner));
  for g in
    select distinct c.oid::regclass as relation, c.relkind, r.rolname
    from pg_catalog.pg_class as c cross join aclexplode(c.relacl) as x
    left join pg_catalog.pg_roles as r on r.oid = x.grantee
    where c.relnamespace = 'ssot'::regnamespace and c.relkind in ('r', 'p', 'v', 'S') and x.grantee <> c.relowner
      and not c.relname ^@ 'adopted_'  /* somebody's, on its way through */
  loop
    execute format('revoke all on %s %s from %s', case g.relkind when 'S' then 'sequence' else 'table' end, g.relation,
                   coalesce(quote_ident(g.rolname), 'public'));
  end loop;
end
$$;
