-- Brings a drop's values back as planned, then what arrived since; what somebody wrote since is kept.
create or replace procedure ssot.restore_columns(migration text, commits boolean, portion bigint default null)
language plpgsql as $$
declare
  a ssot.archive;
  t ssot.task;
  first bigint := (select x.done from ssot.task as x where x.task = restore_columns.migration || ' restored');
  places tid[];
  restored bigint;
  kept bigint;
  emptied bigint;
  filled_kept bigint;
  size integer;
  took interval;
  started timestamptz;
  told timestamptz := clock_timestamp();
begin
  select * into a from ssot.archive as x where x.migration = restore_columns.migration;
  loop
    select * into t from ssot.task as x where x.task = a.migration || ' restored';
    exit when t.done - first >= portion;
    size := ssot.next_batch_size(size, took);
    started := clock_timestamp();
    select array_agg(o.lies_at) into places from ssot.undo_order as o where o.task = t.task and o.seq > t.done and o.seq <= t.done + size;
    if places is null then
      execute format('select array_agg(x.place) from (select ctid as place from %s limit $1) as x', a.store) into places using size;
    end if;
    exit when places is null;
    select r.restored, r.kept, r.emptied, r.filled_kept into restored, kept, emptied, filled_kept from ssot.restore_batch(a, places) as r;
    perform ssot.add_tally(a.migration, 'valuesArchived', restored, 'restored');
    if kept > 0 then perform ssot.add_tally(a.migration, 'valuesArchived', kept, 'kept'); end if;
    if emptied > 0 then perform ssot.add_tally(a.migration, 'numbersFilled', emptied, 'restored'); end if;
    if filled_kept > 0 then perform ssot.add_tally(a.migration, 'numbersFilled', filled_kept, 'kept'); end if;
    update ssot.task as x set done = t.done + cardinality(places) where x.task = t.task;
    perform ssot.before_commit(commits);
    if commits then commit; end if;
    took := clock_timestamp() - started;
    told := ssot.tell_progress(split_part(a.relation, '.', 2) || ' restored', least(t.planned, t.done + cardinality(places)), t.planned, told);
    call ssot.wait_for_turn(commits, took);
  end loop;
end
$$;
