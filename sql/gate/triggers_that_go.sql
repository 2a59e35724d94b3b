-- The names of the triggers of ours that the drop of a deprecation takes off its table, so that none of them is in its way.
create or replace function ssot.triggers_that_go(migration text) returns text[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select ssot.witness_triggers(triggers_that_go.migration) || array(
    select t.tgname::text
    from pg_catalog.pg_trigger as t join pg_catalog.pg_proc as p on p.oid = t.tgfoid
    where t.tgname ^@ 'ssot_archive_' and p.pronamespace = 'ssot'::regnamespace
      and t.tgrelid in (select to_regclass(d.relation) from ssot.deprecated_column as d where d.migration = triggers_that_go.migration));
$$;
