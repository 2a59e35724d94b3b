-- Undoes merges and quarantine from the tail, in the reverse order of what was done.
create or replace procedure ssot.undo_merges(migration text, commits boolean)
language plpgsql as $$
declare
  j ssot.journal;
  total bigint := (select count(*) from ssot.journal as x where x.task = 'merge');
  taken bigint := 0;
  n bigint;
  pointed bigint;
  emptied bigint;
  path text;
  started timestamptz;
  told timestamptz := clock_timestamp();
begin
  if commits then commit; end if;
  loop
    started := clock_timestamp();
    n := 0;
    pointed := 0;
    emptied := 0;
    path := ssot.trigger_path();
    set constraints all immediate;  /* what a deferred one refuses is to be known here, not at commit */
    for j in
      with tail as (
        delete from ssot.journal as x where x.task = 'merge' and x.seq in (
          select y.seq from ssot.journal as y where y.task = 'merge' order by y.seq desc limit least(200, ssot.next_batch_size(200, null)))
        returning x.*
      )
      select * from tail order by seq desc
    loop
      n := n + 1;
      case j.kind
        when 'repoint' then pointed := pointed + ssot.undo_repoint(migration, j, path);
        when 'fill' then emptied := emptied + ssot.undo_fill(migration, j, path);
        else perform ssot.undo_delete(migration, j, path);
      end case;
    end loop;
    exit when n = 0;
    if pointed > 0 then perform ssot.add_tally(migration, 'references', pointed, 'restored'); end if;
    if emptied > 0 then perform ssot.add_tally(migration, 'contactValues', emptied, 'restored'); end if;
    if commits then commit; end if;
    taken := taken + n;
    told := ssot.tell_progress('merges undone', taken, total, told);
    call ssot.wait_for_turn(commits, clock_timestamp() - started);
  end loop;
  delete from ssot.task as x where x.task = 'merge';
  delete from ssot.merge_plan;
  if commits then commit; end if;
end
$$;
