-- Enters the store of a drop, and the cursor of its copy. Without "row_key" the table's own key is taken; without "store_key" the store is made.
-- Of a table without a key nothing can be kept: where its loss was accepted nothing is entered. "derive": see ssot.archive; a column that may not be null has its default for rows that were inserted after the drop.
create or replace function ssot.begin_archive(
  migration text, relation text, columns text[], store text, store_key text[] default null, row_key text[] default null, fill text default null,
  derive text[] default null)
returns void
language plpgsql as $$
declare
  found_by constant text[] := coalesce(begin_archive.row_key, ssot.row_key(begin_archive.relation::regclass));
  key_there constant text[] := coalesce(begin_archive.store_key, array(select 'key_' || n from generate_series(1, cardinality(found_by)) as n));
begin
  if found_by is null and exists (
    select from ssot.deprecated_column as d
    where d.relation = begin_archive.relation and d.column_name = any (begin_archive.columns) and d.accepts_loss) then return;
  end if;
  if found_by is null then
    raise exception 'rows of % cannot be found again: it has no key', relation using errcode = 'invalid_table_definition';
  end if;
  if begin_archive.store_key is null then
    perform ssot.make_store(begin_archive.store, begin_archive.relation::regclass, found_by, begin_archive.columns);
  end if;
  if cardinality(found_by) is distinct from cardinality(key_there) then
    raise exception 'rows of % are found by (%), not by as many columns as %', relation, array_to_string(found_by, ', '), store
      using errcode = 'invalid_parameter_value';
  end if;
  insert into ssot.archive (migration, relation, row_key, columns, store, store_key, fill, derive, keeps_all)
  values (begin_archive.migration, begin_archive.relation, found_by, begin_archive.columns, begin_archive.store, key_there, begin_archive.fill,
          array(select coalesce(begin_archive.derive[c.place], (
                  select pg_get_expr(e.adbin, e.adrelid) from pg_catalog.pg_attribute as a
                  join pg_catalog.pg_attrdef as e on e.adrelid = a.attrelid and e.adnum = a.attnum
                  where a.attrelid = begin_archive.relation::regclass and a.attname = c.name and a.attnotnull))
                from unnest(begin_archive.columns) with ordinality as c(name, place) order by c.place),
          begin_archive.derive is not null);
  perform ssot.watch_rows(begin_archive.relation);
  perform ssot.own_schema();
  perform ssot.begin_task(begin_archive.migration, begin_archive.migration, begin_archive.relation, null, 'valuesArchived');
end
$$;
