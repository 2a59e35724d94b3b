-- Runs once a statement that deletes rows of a table with deprecated columns or empties it, and for each row of a partitioned one, where a delete
-- may name a partition; as its owner. It waits at most 50 ms for a batch, once in a transaction; then, and whatever else goes wrong, what is to
-- be removed is noted as due, with a warning. Only when even that fails, the delete does. Argument: the table.
create or replace function ssot.erase_row() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '50ms'
set timezone = 'UTC' set datestyle = 'ISO, YMD' set intervalstyle = 'postgres' set extra_float_digits = '1' set bytea_output = 'hex' as $$
declare
  deleted_from constant text := tg_argv[0];
  has_waited boolean;
  row_key text[];
  keys jsonb[];
  more jsonb[];
begin
  /* Mostly nothing is kept of any row. */
  if not exists (select from ssot.archive as a where a.relation = deleted_from)
     and not exists (select from ssot.column_audit as x where x.relation = deleted_from and x.row_key is not null)
     and not exists (select from ssot.unrestored as u where u.relation = deleted_from) then
    return null;
  end if;
  if tg_op = 'DELETE' then
    for row_key in
      select d.row_key from ssot.deprecated_column as d where d.relation = deleted_from and d.row_key is not null
      union select a.row_key from ssot.archive as a where a.relation = deleted_from
    loop
      if tg_level = 'ROW' then
        more := array[ssot.key_of(old, row_key)];
      else
        execute format('select array_agg(jsonb_build_object(%s)) from gone as g', ssot.listed('%1$L, g.%1$I::text', row_key)) into more;
      end if;
      keys := keys || more;
    end loop;
    if keys is null then return null; end if;
  end if;
  has_waited := exists (select from ssot.erasure_due as e where e.noted_in = pg_current_xact_id());
  begin
    if has_waited then raise lock_not_available; end if;
    perform ssot.erase_rows(deleted_from, keys);
  exception when others then
    if not has_waited then
      raise warning 'what ssot keeps of rows deleted from % is removed later: it is in use (%)', deleted_from, sqlstate;
    end if;
    insert into ssot.erasure_due (deleted_from, ids, numbers, keys) values (deleted_from, '{}', '{}', coalesce(keys, '{}'));
  end;
  return null;
end
$$;
