-- Undoes a task's journal in the planned order, or from its tail, batch by batch; the rows leave the journal in the transaction
-- that restores them, so it goes on where it stopped.
create or replace procedure ssot.undo_journal(task_name text, commits boolean, portion bigint default null)
language plpgsql as $$
declare
  t ssot.task;
  size integer;
  took interval;
  started timestamptz;
  told timestamptz := clock_timestamp();
  first bigint;
  taken bigint;
  place bigint := (select min(o.seq) from ssot.undo_order as o where o.task = task_name);
  seqs bigint[];
  n bigint;
  restored bigint;
  kept bigint;
begin
  select * into t from ssot.task as x where x.task = task_name;
  if t.task is null then return; end if;
  /* Planned but never applied: nothing to restore. */
  execute format('delete from ssot.journal as j where j.task = %L and j.seq > $1', task_name) using t.done;
  execute format('select $1 - count(*) from ssot.journal as j where j.task = %L', task_name) into first using t.done;
  taken := first;
  if commits then commit; end if;
  loop
    size := ssot.next_batch_size(size, took);
    started := clock_timestamp();
    with ordered as (delete from ssot.undo_order as o where o.seq >= place and o.seq < place + size and o.task = task_name returning o.journal_seq)
    select array_agg(o.journal_seq) into seqs from ordered as o;
    place := place + size;
    if seqs is null then
      execute format('select array_agg(j.seq) from (
                        select x.seq from ssot.journal as x where x.task = %L order by x.seq desc limit $1) as j', task_name)
      into seqs using size;
    end if;
    exit when seqs is null;
    set constraints all immediate;  /* what a deferred one refuses is to be known here, not at commit */
    select b.n, b.restored, b.kept into n, restored, kept from ssot.undo_batch(t, seqs) as b;
    perform ssot.add_tally(t.migration, t.effect, restored, 'restored');
    if kept > 0 then perform ssot.add_tally(t.migration, t.effect, kept, 'kept'); end if;
    if commits then commit; end if;
    took := clock_timestamp() - started;
    taken := taken + n;
    told := ssot.tell_progress(task_name, taken, t.done, told);
    call ssot.wait_for_turn(commits, took);
    if taken - first >= portion then return; end if;
  end loop;
  delete from ssot.task as x where x.task = task_name;
  if commits then commit; end if;
end
$$;
