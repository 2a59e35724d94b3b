-- Applies what is planned for a task, batch by batch, each in its own transaction with its cursor, counted by effect and by column. "portion" is after how
-- many rows it stops for now.
create or replace procedure ssot.apply_journal(task_name text, commits boolean, portion bigint default null)
language plpgsql as $$
declare
  first bigint := (select x.done from ssot.task as x where x.task = task_name);
  size integer;
  took interval;
  started timestamptz;
  told timestamptz := clock_timestamp();
  t ssot.task;
  upto bigint;
  changed bigint;
begin
  loop
    select * into t from ssot.task as x where x.task = task_name;
    exit when t.task is null or t.done >= t.planned or t.done - first >= portion;
    size := ssot.next_batch_size(size, took);
    upto := least(t.done + size, t.planned);
    started := clock_timestamp();
    changed := ssot.apply_batch(t, upto);
    perform ssot.add_tally(t.migration, t.effect, changed);
    perform ssot.add_tally(t.migration, t.task, changed);
    update ssot.task as x set done = upto where x.task = task_name;
    perform ssot.before_commit(commits);
    if commits then commit; end if;
    took := clock_timestamp() - started;
    told := ssot.tell_progress(task_name, upto, t.planned, told);
    call ssot.wait_for_turn(commits, took);
  end loop;
end
$$;
