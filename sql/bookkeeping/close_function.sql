-- Leaves a function to its owner alone, whatever default privileges gave when it was created.
create or replace function ssot.close_function(f regprocedure) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  g record;
begin
  for g in
    select distinct r.rolname
    from pg_catalog.pg_proc as p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as x
    left join pg_catalog.pg_roles as r on r.oid = x.grantee
    where p.oid = f and x.grantee <> p.proowner
  loop
    execute format('revoke all on routine %s from %s', f, coalesce(quote_ident(g.rolname), 'public'));
  end loop;
end
$$;
