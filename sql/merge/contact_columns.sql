-- The columns of contacts that can be written back.
create or replace function ssot.contact_columns() returns name[]
language sql stable as $$
  select array_agg(a.attname order by a.attnum)
  from pg_catalog.pg_attribute as a
  where a.attrelid = 'public.contacts'::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = '';
$$;
