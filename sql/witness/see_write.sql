-- The witness: of a write to a deprecated column it leaves an audit row, a trace and a WARNING. It runs after the fact and as its owner,
-- so the writer needs no right on the audit, and it never fails the write. Arguments: a way of seeing, the table, the column, and
-- the sequence of its traces.
--   name    the statement names the column (UPDATE OF)       value   the value is another one, whoever changed it
--   insert  an INSERT brings a value
-- A statement that names a column and changes it fires twice: "name" first, by the triggers' names; "value" finds its audit row.
-- "text" (an INSERT as a whole, whose text names a column, with NULL perhaps) has the table and all columns for arguments.
create or replace function ssot.see_write() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '50ms' as $$
declare
  said text;
  rows_so_far bigint;
begin
  if tg_argv[0] = 'text' then
    /* Nothing to do for the common statement, at the price of one strpos a column. */
    said := lower(current_query() collate "C");
    for place in 2 .. tg_nargs - 1 loop
      if strpos(said, lower(tg_argv[place])) > 0 then
        begin
          perform ssot.see_column('text', tg_argv[1], tg_argv[place], tg_op, null, null);
        exception when others then null;  /* schema ssot is gone */
        end;
      end if;
    end loop;
    return null;
  end if;
  begin
    /* After a thousand audit rows of this transaction (see ssot.audited_rows) nothing is to be done for a column that is traced
       (see ssot.trace_write). A mass update comes by here for each row: no calls, no queries. */
    rows_so_far := currval('ssot.audited_rows');
    if rows_so_far & 4095 > 1000 and rows_so_far >> 12 = pg_current_xact_id()::text::bigint
       and pg_xact_status(currval(tg_argv[3])::text::xid8) = 'in progress' then
      return null;
    end if;
  exception when others then null;  /* the first of its session */
  end;
  begin
    perform ssot.see_column(tg_argv[0], tg_argv[1], tg_argv[2], tg_op, old, new);
  exception when others then null;  /* schema ssot is gone */
  end;
  return null;
end
$$;
