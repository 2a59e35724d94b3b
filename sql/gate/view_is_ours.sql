-- Whether the view is there as it was made. The definition's text depends on the search path, hence the fixed one.
create or replace function ssot.view_is_ours() returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select exists (
    select from pg_catalog.pg_class as c join ssot.object as o on o.kind = 'view' and o.name = c.relname
    where c.oid = to_regclass('public.calls_with_caller_names') and c.relkind = 'v'
      and 'security_invoker=true' = any (c.reloptions) and pg_get_viewdef(c.oid) = o.made);
$$;
