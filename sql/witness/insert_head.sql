-- The head of an INSERT or COPY into the table with its list of columns, as the statement says it; null where there is none.
create or replace function ssot.insert_head(statement text, tab regclass) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select (regexp_match(statement,
    format('(?:insert[[:space:]]+into|copy)[[:space:]]+(?:"?%s"?[.])?"?%s"?(?:[[:space:]]+as[[:space:]]+[^ (]+)?[[:space:]]*[(][^)]*[)]',
           ssot.as_pattern(n.nspname), ssot.as_pattern(c.relname)), 'i'))[1]
  from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace where c.oid = tab;
$$;
