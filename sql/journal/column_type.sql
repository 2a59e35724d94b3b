-- The type of a column, as a cast names it.
create or replace function ssot.column_type(tab regclass, col text) returns text
language sql stable as $$
  select format_type(a.atttypid, a.atttypmod) from pg_catalog.pg_attribute as a
  where a.attrelid = tab and a.attname = col and not a.attisdropped;
$$;
