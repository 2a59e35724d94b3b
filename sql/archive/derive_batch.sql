-- Gives rows that were inserted after the drop, which the store does not know, what "derive" says, where a column is empty: of the next rows in
-- the order of the key after "last_key", or of one row ("only_key", see ssot.key_of). Gives how many rows it passed and the last one's key.
create or replace function ssot.derive_batch(
  a ssot.archive, last_key text, size integer, only_key jsonb default null, out passed bigint, out upto text)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  path constant text := ssot.path_for(array[a.relation::regclass::oid]);
  derived constant text[] := array(select c.name from unnest(a.columns, a.derive) with ordinality as c(name, expression, place)
                                   where c.expression is not null order by c.place);
begin
  execute format(
    'with batch as materialized (
       select %1$s from %2$s as r where %3$s order by %1$s limit $2
     ), put as (
       update %2$s as t set %4$s
       from pg_catalog.set_config(''search_path'', $3, true) as opened(path)
       cross join lateral (select x.* from batch as x where opened.path is not null offset 0) as b
       where %5$s and (%6$s) and not exists (select from %7$s as s where %8$s)
     )
     select count(*), (select jsonb_build_array(%9$s)::text from batch as r order by %10$s limit 1) from batch as r',
    ssot.listed('r.%1$I', a.row_key), a.relation,
    case when only_key is not null then (select string_agg(format('r.%I %s ($4 ->> %L)::%s', k.name, k.called, k.name, ssot.column_type(a.relation::regclass, k.name)),
                                                            ' and ' order by k.place)
                                         from unnest(a.row_key, ssot.key_operators(a.relation::regclass, a.row_key, '=')) with ordinality as k(name, called, place))
         when last_key is null then '$1 is null' else ssot.key_after(a) end,
    (select string_agg(format('%1$I = coalesce(t.%1$I, (%2$s))', c.name, c.expression), ', ' order by c.place)
     from unnest(a.columns, a.derive) with ordinality as c(name, expression, place) where c.expression is not null),
    ssot.same_key(a, 't', a.row_key, 'b', a.row_key), ssot.listed('t.%1$I is not distinct from null', derived, '{}', ' or '),
    a.store, ssot.same_key(a, 't', a.row_key, 's', a.store_key),
    ssot.listed('r.%1$I::text', a.row_key), ssot.listed('r.%1$I desc', a.row_key))
  into passed, upto using last_key, size, path, only_key;
  perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
end
$$;
