-- Of all rows, batch by batch. "portion" is after how many rows it stops for now.
create or replace procedure ssot.derive_columns(migration text, commits boolean, portion bigint default null)
language plpgsql as $$
declare
  a ssot.archive;
  t ssot.task;
  first bigint := (select x.done from ssot.task as x where x.task = derive_columns.migration || ' derived');
  n bigint;
  upto text;
  size integer;
  took interval;
  started timestamptz;
  told timestamptz := clock_timestamp();
begin
  select * into a from ssot.archive as x where x.migration = derive_columns.migration;
  loop
    select * into t from ssot.task as x where x.task = a.migration || ' derived';
    exit when t.done - first >= portion;
    size := ssot.next_batch_size(size, took);
    started := clock_timestamp();
    select b.passed, b.upto into n, upto from ssot.derive_batch(a, t.last_key, size) as b;
    exit when n = 0;
    update ssot.task as x set last_key = upto, done = t.done + n where x.task = t.task;
    perform ssot.before_commit(commits);
    if commits then commit; end if;
    took := clock_timestamp() - started;
    told := ssot.tell_progress(split_part(a.relation, '.', 2) || ' derived', t.done + n, greatest(t.planned, t.done + n + 1), told);
    call ssot.wait_for_turn(commits, took);
  end loop;
end
$$;
