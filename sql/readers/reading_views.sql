-- Further views that read the columns of a deprecation, at any distance.
create or replace function ssot.reading_views(migration text) returns text[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array(select distinct t.name from ssot.tracked_dependents(reading_views.migration) as t where t.kind in ('view', 'materialized view') order by 1);
$$;
