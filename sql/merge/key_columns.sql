-- The columns that find a row again: the primary key, else every column.
create or replace function ssot.key_columns(relid oid) returns name[]
language sql stable as $$
  select coalesce(
    (select array_agg(a.attname order by a.attnum)
     from pg_catalog.pg_index as x
     join pg_catalog.pg_attribute as a on a.attrelid = x.indrelid and a.attnum = any (x.indkey)
     where x.indrelid = relid and x.indisprimary),
    (select array_agg(a.attname order by a.attnum)
     from pg_catalog.pg_attribute as a
     where a.attrelid = relid and a.attnum > 0 and not a.attisdropped));
$$;
