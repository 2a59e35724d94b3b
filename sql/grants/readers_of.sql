-- Who may read a table, or columns of it, and so the view that stands on it; never anon, never everybody. As ssot.set_grants takes it.
create or replace function ssot.readers_of(tab regclass) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(g), '[]')
  from jsonb_array_elements(ssot.grants_of(tab)) as g
  where g ->> 'privilege' = 'SELECT' and g ->> 'grantee' is not null and g ->> 'grantee' <> 'anon';
$$;
