-- Takes some rows out of a drop's store and writes their values back: into columns that are empty, and over a number that was filled in.
-- Interrupted before the columns went, only filled numbers go back, and nobody sees a write to the columns. What somebody wrote since
-- is kept, its original stored in ssot.unrestored; a row that is there and does not take them stops the run. Gives the values restored and kept.
create or replace function ssot.restore_batch(a ssot.archive, ids uuid[], out restored bigint, out kept bigint)
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  path constant text := ssot.trigger_path();
  columns constant text[] := case when exists (select from ssot.object as o where o.migration = a.migration and o.stage = 'columns')
                                  then a.columns else '{}' end;
  fills constant boolean := a.fill is not null;
  unwritten uuid[];
  n bigint;
begin
  if columns = '{}' and not fills then
    execute format('delete from %s as x where x.%I = any ($1)', a.store, a.key_column) using ids;
    restored := 0; kept := 0;
    return;
  end if;
  execute format(
    'with tail as (
       delete from %1$s as x where x.%2$I = any ($1) returning x.*
     ), back as (
       update %3$s as r set %4$s
       from pg_catalog.set_config(''search_path'', $2, true) as opened(path)
       cross join lateral (select t.* from tail as t where opened.path is not null offset 0) as x
       where r.id = x.%2$I and %5$s
       returning r.id%9$s
     ), differing as (
       insert into ssot.unrestored (relation, row_key, column_name, original, reason)
       select %6$L, jsonb_build_object(''id'', x.%2$I), v.col, v.original, ''changed since''
       from tail as x join %3$s as now_row on now_row.id = x.%2$I left join back as b on b.id = x.%2$I
       cross join lateral (values %7$s) as v(col, original, present, counts)
       where v.counts and v.original is distinct from v.present
       returning 1
     )
     select (select coalesce(sum(%8$s), 0) from tail as x join back as b on b.id = x.%2$I), (select count(*) from differing),
            array(select x.%2$I from tail as x join %3$s as r on r.id = x.%2$I where %10$s and not exists (select from back as b where b.id = x.%2$I))',
    a.store, a.key_column, a.relation,
    (select string_agg(s.assignment, ', ') from (
       select format('%1$I = coalesce(r.%1$I, x.%1$I)', c) from unnest(columns) as c
       union all
       select 'phone_number = case when x.filled is not null and r.phone_number = x.filled then x.filled_over else r.phone_number end' where fills
     ) as s(assignment)),
    case when columns = '{}' then 'x.filled is not null and r.phone_number = x.filled' else 'not x.gone' end,
    a.relation,
    (select string_agg(s.line, ', ') from (
       select format('(%1$L, x.%2$I::text, b.%2$I::text, b.id is not null and x.%2$I is not null)', c, c) from unnest(columns) as c
       union all
       select case when columns = '{}' then '(''phone_number'', x.filled_over, now_row.phone_number, x.filled is not null and b.id is null)'
                   else '(''phone_number'', x.filled_over, b.phone_number, b.id is not null and x.filled is not null)' end where fills
     ) as s(line)),
    coalesce((select string_agg(format('coalesce((x.%1$I = b.%1$I)::integer, 0)', c), ' + ') from unnest(columns) as c), '0'),
    coalesce((select string_agg(format(', r.%I', c), '') from unnest(columns) as c), '') || case when fills then ', r.phone_number' else '' end,
    case when columns = '{}' then 'false' else 'not x.gone' end)
  into restored, kept, unwritten using ids, path;
  perform pg_catalog.set_config('search_path', 'pg_catalog, pg_temp', true);
  execute format('select count(*) from %s as r where r.id = any ($1)', a.relation) into n using unwritten;
  perform ssot.refuse_unwritten(a.relation::regclass, n, 'UPDATE');
end
$$;
