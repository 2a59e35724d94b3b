-- The same for calls and contacts.
create or replace function ssot.trigger_path() returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select ssot.path_for(array[to_regclass('public.calls')::oid, to_regclass('public.contacts')::oid]);
$$;
