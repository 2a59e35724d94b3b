-- The columns by which a row is found again: of the primary key, else of the smallest unique key over columns that must have a value. Null
-- where there is none.
create or replace function ssot.row_key(tab regclass) returns text[]
language sql stable set search_path = pg_catalog, pg_temp as $$
  select array_agg(a.attname::text order by k.place)
  from (select x.indkey, x.indnkeyatts from pg_catalog.pg_index as x
        where x.indrelid = tab and x.indisunique and x.indimmediate and x.indisvalid and x.indpred is null and x.indexprs is null
          and not exists (select from unnest(x.indkey) with ordinality as k(attnum, place)
                          join pg_catalog.pg_attribute as a on a.attrelid = tab and a.attnum = k.attnum
                          where k.place <= x.indnkeyatts and not a.attnotnull)
        order by x.indisprimary desc, x.indnkeyatts, x.indexrelid limit 1) as x
  cross join lateral unnest(x.indkey) with ordinality as k(attnum, place)
  join pg_catalog.pg_attribute as a on a.attrelid = tab and a.attnum = k.attnum
  where k.place <= x.indnkeyatts;
$$;
