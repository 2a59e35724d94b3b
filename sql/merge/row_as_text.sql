-- SQL for: the row "alias" of a table as column → text, over the given columns.
create or replace function ssot.row_as_text(alias text, columns name[]) returns text
language sql immutable as $$
  select format('jsonb_object(array[%s], array[%s])',
    (select string_agg(quote_literal(c), ', ' order by o) from unnest(columns) with ordinality as u(c, o)),
    (select string_agg(format('%s.%I::text', alias, c), ', ' order by o) from unnest(columns) with ordinality as u(c, o)));
$$;
