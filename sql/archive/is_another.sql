-- Whether two rows differ in one of the columns, as a condition. They are compared as they are stored: a type needs no equality of its own, and
-- 'A' is another value than 'a' even where a collation or type takes them for equal.
create or replace function ssot.is_another(was text, is_now text, columns text[]) returns text
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select format('pg_catalog.record_image_ne(row(%s), row(%s))', ssot.listed(was || '.%1$I', columns), ssot.listed(is_now || '.%1$I', columns));
$$;
