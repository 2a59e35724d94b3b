-- The names of the witness's triggers of a deprecation.
create or replace function ssot.witness_triggers(migration text) returns text[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array_agg(n.name)
  from ssot.deprecated_column as d
  cross join lateral (values (d.trigger_base || '_text'), (d.trigger_name), (d.trigger_name || '_value'), (d.trigger_name || '_insert')) as n(name)
  where d.migration = witness_triggers.migration;
$$;
