-- Keeps the store of a drop exact while the copy runs. Unlike the audit it must not fail silently: it holds the values.
-- Argument: the drop's migration.
create or replace function ssot.sync_archive() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  a ssot.archive;
  needs_fill boolean;
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
  if a.fill is not null then
    execute 'select ssot.needs_fill(($1).call_direction::text, ($1).phone_number, ($1).from_number)' into needs_fill using new;
    if needs_fill then
      insert into ssot.archive_mark (migration, id) values (a.migration, new.id) on conflict do nothing;
    end if;
  end if;
  return null;
end
$$;
