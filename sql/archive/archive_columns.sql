-- The copy of a drop's values into its store, by key, batch by batch. "portion" is after how many rows it stops for now.
create or replace procedure ssot.archive_columns(migration text, commits boolean, portion bigint default null)
language plpgsql as $$
declare
  a ssot.archive;
  t ssot.task;
  first bigint := (select x.done from ssot.task as x where x.task = archive_columns.migration);
  total bigint;
  n bigint;
  upto text;
  size integer;
  took interval;
  started timestamptz;
  told timestamptz := clock_timestamp();
begin
  select * into a from ssot.archive as x where x.migration = archive_columns.migration;
  total := ssot.table_rows(a.relation::regclass);
  loop
    select * into t from ssot.task as x where x.task = a.migration;
    exit when t.done - first >= portion;
    size := ssot.next_batch_size(size, took);
    started := clock_timestamp();
    select b.passed, b.upto into n, upto from ssot.archive_batch(a, t.last_key, size) as b;
    exit when n = 0;
    update ssot.task as x set last_key = upto, done = t.done + n where x.task = a.migration;
    perform ssot.before_commit(commits);
    if commits then commit; end if;
    took := clock_timestamp() - started;
    told := ssot.tell_progress(split_part(a.relation, '.', 2) || ' archived', t.done + n, greatest(total, t.done + n + 1), told);
    call ssot.wait_for_turn(commits, took);
  end loop;
end
$$;
