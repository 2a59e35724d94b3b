-- Merges as planned, plans again, and merges what that finds: contacts that arrived meanwhile.
create or replace procedure ssot.merge_contacts(migration text, commits boolean)
language plpgsql as $$
declare
  t ssot.task;
  upto bigint;
  started timestamptz;
  told timestamptz := clock_timestamp();
  is_planned boolean := false;
begin
  loop
    select * into t from ssot.task as x where x.task = 'merge';
    if t.task is null or t.done >= t.planned then
      /* Only now: what an interrupted run had planned goes first, else a duplicate would be in two plans. */
      exit when is_planned;
      perform ssot.plan_merges(migration);
      if commits then commit; end if;
      is_planned := true;
      continue;
    end if;
    started := clock_timestamp();
    upto := least(t.done + least(100, ssot.next_batch_size(100, null)), t.planned);
    perform ssot.add_tally(migration, 'contactsMerged', ssot.merge_batch(t.done, upto));
    update ssot.task as x set done = upto where x.task = 'merge';
    perform ssot.before_commit(commits);
    if commits then commit; end if;
    told := ssot.tell_progress('contacts merged', upto, t.planned, told);
    call ssot.wait_for_turn(commits, clock_timestamp() - started);
  end loop;
end
$$;
