-- Takes some rows, named by their places, out of a drop's store and writes their values back: into columns that are empty, and over a number
-- that was filled in. Interrupted before the columns went, only filled numbers go back, and nobody sees a write to the columns. What somebody
-- wrote since is kept, its original stored in ssot.unrestored; a row that is there and does not take them stops the run. Gives the values
-- restored and kept, and the filled numbers that went again or stay.
create or replace function ssot.restore_batch(
  a ssot.archive, places tid[], out restored bigint, out kept bigint, out emptied bigint, out filled_kept bigint)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  path constant text := ssot.path_for(array[a.relation::regclass::oid]);
  columns constant text[] := case when exists (select from ssot.object as o where o.migration = a.migration and o.stage = 'columns')
                                  then a.columns else '{}' end;
  fills constant boolean := a.fill is not null;
  row_list constant text := format('jsonb_build_array(%s)', ssot.listed('r.%1$I::text', a.row_key));
  unwritten jsonb[];
  n bigint;
begin
  if columns = '{}' and not fills then
    execute format('delete from %s as x where x.ctid = any ($1)', a.store) using places;
    restored := 0; kept := 0; emptied := 0; filled_kept := 0;
    return;
  end if;
  execute format(
    'with tail as (
       delete from %1$s as x where x.ctid = any ($1) returning x.*
     ), back as (
       update %3$s as r set %4$s
       from pg_catalog.set_config(''search_path'', $2, true) as opened(path)
       cross join lateral (select t.* from tail as t where opened.path is not null offset 0) as x
       where %12$s and %5$s
       returning true as is_back, %11$s%9$s
     ), differing as (
       insert into ssot.unrestored (relation, row_key, column_name, original, reason)
       select %6$L, jsonb_build_object(%14$s), v.col, v.original, ''changed since''
       from tail as x join %3$s as r on %12$s left join back as b on %2$s
       cross join lateral (values %7$s) as v(col, original, present, counts)
       where v.counts and v.original is distinct from v.present
       returning column_name
     )
     select (select coalesce(sum(%8$s), 0) from tail as x join back as b on %2$s),
            (select count(*) from differing as d where d.column_name = any ($3)), (%15$s),
            (select count(*) from differing as d where d.column_name <> all ($3)),
            array(select %13$s from tail as x join %3$s as r on %12$s left join back as b on %2$s where %10$s and b.is_back is null)',
    a.store, ssot.same_key(a, 'x', a.store_key, 'b', a.store_key), a.relation,
    concat_ws(', ', ssot.listed('%1$I = coalesce(r.%1$I, x.%1$I)', columns),
              case when fills then 'phone_number = case when x.filled is not null and r.phone_number = x.filled then x.filled_over else r.phone_number end' end),
    case when columns = '{}' then 'x.filled is not null and r.phone_number = x.filled' else 'not x.gone' end,
    a.relation,
    concat_ws(', ', ssot.listed('(%1$L, x.%1$I::text, b.%1$I::text, b.is_back and x.%1$I is distinct from null)', columns),
              case when fills and columns = '{}' then '(''phone_number'', x.filled_over, r.phone_number, x.filled is not null and b.is_back is null)'
                   when fills then '(''phone_number'', x.filled_over, b.phone_number, b.is_back and x.filled is not null)' end),
    coalesce(ssot.listed('coalesce((x.%1$I::text collate "C" = b.%1$I::text collate "C")::integer, 0)', columns, '{}', ' + '), '0'),
    coalesce(ssot.listed(', r.%1$I', columns, '{}', ''), '') || case when fills then ', r.phone_number' else '' end,
    case when columns = '{}' then 'false' else 'not x.gone' end,
    ssot.listed('x.%1$I', a.store_key), ssot.same_key(a, 'r', a.row_key, 'x', a.store_key), row_list,
    ssot.listed('%1$L, x.%2$I::text', a.row_key, a.store_key),
    case when fills then format('select count(*) from tail as x join back as b on %s where x.filled is not null and b.phone_number is not distinct from x.filled_over',
                                ssot.same_key(a, 'x', a.store_key, 'b', a.store_key)) else 'select 0' end)
  into restored, kept, emptied, filled_kept, unwritten using places, path, columns;
  perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  if unwritten <> '{}' then
    execute format('select count(*) from %s as r where %s = any ($1)', a.relation, row_list) into n using unwritten;
    perform ssot.refuse_unwritten(a.relation::regclass, n, 'UPDATE');
  end if;
end
$$;
