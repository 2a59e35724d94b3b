-- Enters the store of a drop, and the cursor of its copy. Without "row_key" the table's own key is taken.
create or replace function ssot.begin_archive(
  migration text, relation text, columns text[], store text, store_key text[], row_key text[] default null, fill text default null)
returns void
language plpgsql as $$
declare
  found_by constant text[] := coalesce(begin_archive.row_key, ssot.row_key(begin_archive.relation::regclass));
begin
  if cardinality(found_by) is distinct from cardinality(begin_archive.store_key) then
    raise exception 'rows of % are found by (%), not by as many columns as %', relation, array_to_string(found_by, ', '), store
      using errcode = 'invalid_parameter_value';
  end if;
  insert into ssot.archive (migration, relation, row_key, columns, store, store_key, fill)
  values (begin_archive.migration, begin_archive.relation, found_by, begin_archive.columns, begin_archive.store, begin_archive.store_key,
          begin_archive.fill);
  perform ssot.begin_task(begin_archive.migration, begin_archive.migration, begin_archive.relation, null, 'valuesArchived');
end
$$;
