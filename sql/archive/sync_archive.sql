-- Keeps the store of a drop exact while the copy runs. Unlike the audit it must not fail silently: it holds the values.
-- Argument: the drop's migration.
create or replace function ssot.sync_archive() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  a ssot.archive;
  fills text;
begin
  select * into a from ssot.archive as x where x.migration = tg_argv[0];
  if tg_op = 'DELETE' then
    fills := case when a.fill is null then '' else ', filled = null, filled_over = null' end;
    execute format('insert into %1$s as x (%2$s, gone) values (%3$s, true) on conflict (%2$s) do update set %4$s%5$s, gone = true',
      a.store, ssot.listed('%1$I', a.store_key), ssot.listed('($1).%1$I', a.row_key), ssot.listed('%1$I = null', a.columns), fills)
    using old;
    return null;
  end if;
  execute format('insert into %1$s as x (%2$s, %3$s, gone) values (%4$s, %5$s, %6$s) on conflict (%2$s) do update set %7$s, gone = excluded.gone',
    a.store, ssot.listed('%1$I', a.store_key), ssot.listed('%1$I', a.columns), ssot.listed('($1).%1$I', a.row_key),
    ssot.listed('($1).%1$I', a.columns), ssot.listed('($1).%1$I is null', a.columns, '{}', ' and '),
    ssot.listed('%1$I = excluded.%1$I', a.columns))
  using new;
  return null;
end
$$;
