create or replace procedure ssot.move_merges(commits boolean)
language plpgsql as $$
declare
  n bigint;
begin
  loop
    with gone as (
      delete from ssot.merge_journal where seq in (select m.seq from ssot.merge_journal as m order by m.seq limit 10000) returning *
    )
    insert into ssot.journal (task, seq, kind, relation, key, column_name, old, new, image)
    select 'merge', g.seq, g.kind, g.rel, g.key, g.col, g.old, g.new, g.image from gone as g;
    get diagnostics n = row_count;
    if commits then commit; end if;
    exit when n = 0;
    call ssot.wait_for_turn(commits);
  end loop;
  perform setval('ssot.merge_seq', greatest(1, (select max(j.seq) from ssot.journal as j where j.task = 'merge')));
end
$$;
