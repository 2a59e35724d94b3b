-- The same for the values of dropped columns that were also filled in elsewhere. Gives those that may be numbers.
create or replace function ssot.erase_archives(deleted_from text, ids uuid[]) returns text[]
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  a ssot.archive;
  found_values text[] := '{}';
  more text[];
begin
  for a in select * from ssot.archive as x where x.relation = deleted_from and x.fill is not null order by x.migration loop
    /* While the copy runs, an empty row must stay: it keeps a batch with an older view from bringing the values back. */
    execute format(
      'with gone as (
         delete from %s as x where x.%I = any ($1) and not (x.gone and x.filled is null) returning x.*
       )
       select array_agg(v.value) from gone as g
       cross join lateral unnest(array[%s]) as v(value) where v.value is not null',
      a.store, a.store_key[1], ssot.listed('g.%1$I::text', a.columns || '{filled,filled_over}'))
    into more using ids;
    found_values := found_values || more;
  end loop;
  return found_values;
end
$$;
