-- The tool's own schema. PostgREST exposes "public"; nobody but the owner may look in here.
do $$
declare
  somebody text;
begin
  if to_regnamespace('ssot') is not null then return; end if;
  create schema ssot;
  /* Default privileges may have let others in. */
  for somebody in
    select distinct coalesce(quote_ident(r.rolname), 'public')
    from pg_catalog.pg_namespace as n cross join aclexplode(n.nspacl) as x left join pg_catalog.pg_roles as r on r.oid = x.grantee
    where n.nspname = 'ssot' and x.grantee <> n.nspowner
  loop
    execute 'revoke all on schema ssot from ' || somebody;
  end loop;
end
$$;
