-- The definition of the view of live names as PostgreSQL prints it now; null: there is none. The text depends on the search path, hence
-- the fixed one.
create or replace function ssot.view_text() returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select pg_get_viewdef(c.oid) from pg_catalog.pg_class as c where c.oid = to_regclass('public.calls_with_caller_names') and c.relkind = 'v';
$$;
