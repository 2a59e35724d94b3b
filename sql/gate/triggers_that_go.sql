-- The names of the triggers of ours that the drop of a deprecation takes off its table, so that none of them is in its way.
create or replace function ssot.triggers_that_go(migration text) returns text[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select ssot.witness_triggers(triggers_that_go.migration) || '{ssot_archive_insert,ssot_archive_update,ssot_archive_delete,ssot_archive_mark_insert,ssot_archive_mark_update}'::text[];
$$;
