-- Keeps the store of a drop exact while the copy runs. Unlike the audit it must not fail silently: it holds the values.
-- Argument: the drop's migration.
create or replace function ssot.sync_archive() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  a ssot.archive;
  fills text;
  has_moved boolean := false;
begin
  select * into a from ssot.archive as x where x.migration = tg_argv[0];
  if tg_op = 'UPDATE' then
    execute format('select %s', ssot.is_another('($1)', '($2)', a.row_key)) into has_moved using old, new;
  end if;
  if tg_op = 'DELETE' or has_moved then
    fills := case when a.fill is null then '' else ', filled = null, filled_over = null' end;
    execute format('insert into %1$s as x (%2$s, gone) values (%3$s, true) on conflict (%2$s) do update set %4$s%5$s, gone = true',
      a.store, ssot.listed('%1$I', a.store_key), ssot.listed('($1).%1$I', a.row_key), ssot.listed('%1$I = null', a.columns), fills)
    using old;
    if tg_op = 'DELETE' then return null; end if;
  end if;
  execute format('insert into %1$s as x (%2$s, %3$s, gone) values (%4$s, %5$s, %6$s) on conflict (%2$s) do update set %7$s, gone = excluded.gone',
    a.store, ssot.listed('%1$I', a.store_key), ssot.listed('%1$I', a.columns), ssot.listed('($1).%1$I', a.row_key),
    ssot.listed('($1).%1$I', a.columns), case when a.keeps_all then 'false' else ssot.listed('($1).%1$I is not distinct from null', a.columns, '{}', ' and ') end,
    ssot.listed('%1$I = excluded.%1$I', a.columns))
  using new;
  return null;
end
$$;
