-- The columns of the view of live names without those that go, as ssot.stands_on_view compares them.
create or replace function ssot.view_columns(gone text[]) returns text[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array(select format('%s %s %s', a.attname, format_type(a.atttypid, a.atttypmod), a.attcollation::regcollation)
               from pg_catalog.pg_attribute as a
               where a.attrelid = to_regclass('public.calls_with_caller_names') and a.attnum > 0 and not a.attisdropped and a.attname <> all (gone));
$$;
