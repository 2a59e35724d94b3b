-- Keeps the store of a drop exact while the copy runs. Unlike the audit it must not fail silently: it holds the values.
-- Argument: the drop's migration.
create or replace function ssot.sync_archive() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  a ssot.archive;
begin
  select * into a from ssot.archive as x where x.migration = tg_argv[0];
  if tg_op = 'DELETE' then
    execute format('insert into %1$s as x (%2$I, gone) values (($1).id, true)
                    on conflict (%2$I) do update set %3$s, filled = null, filled_over = null, gone = true',
      a.store, a.key_column, (select string_agg(format('%I = null', c), ', ') from unnest(a.columns) as c))
    using old;
    return null;
  end if;
  execute format('insert into %1$s as x (%2$I, %3$s, gone) values (($1).id, %4$s, %5$s)
                  on conflict (%2$I) do update set %6$s, gone = excluded.gone',
    a.store, a.key_column, (select string_agg(quote_ident(c), ', ') from unnest(a.columns) as c),
    (select string_agg(format('($1).%I', c), ', ') from unnest(a.columns) as c),
    (select string_agg(format('($1).%I is null', c), ' and ') from unnest(a.columns) as c),
    (select string_agg(format('%1$I = excluded.%1$I', c), ', ') from unnest(a.columns) as c))
  using new;
  return null;
end
$$;
