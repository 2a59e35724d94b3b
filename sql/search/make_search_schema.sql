-- Makes the schema that tenants may enter, beside schema ssot, which stays closed; and refuses what the search could not live with.
create or replace function ssot.make_search_schema(migration text) returns void
language plpgsql as $$
declare
  somebody text;
begin
  if not exists (select from ssot.object as o where o.kind = 'view' and o.name = 'calls_with_caller_names') then
    raise exception 'migrations 1 to 3 must be applied first' using errcode = 'object_not_in_prerequisite_state';
  end if;
  if to_regnamespace('ssot_search') is not null then
    raise exception 'schema ssot_search is somebody else''s' using
      errcode = 'duplicate_schema', hint = 'Rename that schema: the search has its functions in one of this name.';
  end if;
  /* The indexes fold case by the database's collation, ILIKE by the column's. */
  if exists (
    select from pg_catalog.pg_attribute as a
    where (a.attrelid, a.attname) in (('public.contacts'::regclass, 'name'), ('public.calls'::regclass, 'phone_number'))
      and a.attcollation <> 'pg_catalog.default'::regcollation)
  then
    raise exception 'contacts.name or calls.phone_number has a collation of its own: an index would not find what a search does'
      using errcode = 'feature_not_supported';
  end if;
  if not has_database_privilege(current_database(), 'CREATE') then
    raise exception 'role % may not create schemas in this database', current_user using
      errcode = 'insufficient_privilege', hint = format('grant create on database %I to %I', current_database(), current_user);
  end if;
  create schema ssot_search;
  perform ssot.note_object(migration, 'schema', 'ssot_search', 'created');
  /* Default privileges may have let others in. */
  for somebody in
    select distinct coalesce(quote_ident(r.rolname), 'public')
    from pg_catalog.pg_namespace as n cross join aclexplode(n.nspacl) as x left join pg_catalog.pg_roles as r on r.oid = x.grantee
    where n.nspname = 'ssot_search' and x.grantee <> n.nspowner
  loop
    execute 'revoke all on schema ssot_search from ' || somebody;
  end loop;
end
$$;
