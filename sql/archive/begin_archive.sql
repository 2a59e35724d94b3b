-- Enters the store of a drop, and the cursor of its copy.
create or replace function ssot.begin_archive(migration text, relation text, columns text[], store text, key_column text, fill text default null)
returns void
language plpgsql as $$
begin
  insert into ssot.archive (migration, relation, columns, store, key_column, fill)
  values (begin_archive.migration, begin_archive.relation, begin_archive.columns, begin_archive.store, begin_archive.key_column, begin_archive.fill);
  perform ssot.begin_task(begin_archive.migration, begin_archive.migration, begin_archive.relation, null, 'valuesArchived');
end
$$;
