-- When an inserted row counts as a write of a column, as the condition of a trigger: when it brings a value. Where a column may not be null
-- its default brings one, too, and does not count; nor does any value where the default is another one each time: there the statement's
-- text tells alone.
create or replace function ssot.counted_insert(tab regclass, col text) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when not a.attnotnull or e.oid is null then format('new.%I is distinct from null', col)
    when exists (select from regexp_matches(e.adbin::text, ':(?:op)?funcid ([0-9]+)', 'g') as m(part)
                 join pg_catalog.pg_proc as p on p.oid = m.part[1]::oid where p.provolatile = 'v') then format('new.%I is not distinct from null', col)
    else format('pg_catalog.record_image_ne(row(new.%I), row((%s)::%s))', col, pg_get_expr(e.adbin, e.adrelid), ssot.column_type(tab, col)) end
  from pg_catalog.pg_attribute as a
  left join pg_catalog.pg_attrdef as e on e.adrelid = a.attrelid and e.adnum = a.attnum
  where a.attrelid = tab and a.attname = col;
$$;
