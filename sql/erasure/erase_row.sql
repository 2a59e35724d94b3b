-- Runs for each deleted row of a table with deprecated columns, or once where it is emptied, as its owner. It waits at most 50 ms for a batch,
-- once in a transaction; then, and whatever else goes wrong, what is to be removed is noted as due, with a warning. Only when even that
-- fails, the delete does. Argument: the table.
create or replace function ssot.erase_row() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '50ms' as $$
declare
  deleted_from constant text := tg_argv[0];
  has_waited boolean := exists (select from ssot.erasure_due as e where e.noted_in = pg_current_xact_id());
  keys jsonb[];
begin
  if tg_op = 'DELETE' then
    select array_agg(distinct ssot.key_of(old, k.columns)) into keys
    from (select d.row_key from ssot.deprecated_column as d where d.relation = deleted_from
          union select a.row_key from ssot.archive as a where a.relation = deleted_from) as k(columns)
    where k.columns is not null;
    if keys is null then return null; end if;
  end if;
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
