-- Moves the rows of one journal of the first engine, batch by batch, each committed by itself.
create or replace procedure ssot.move_journal(old_table text, task text, commits boolean)
language plpgsql as $$
declare
  rescued constant text := case when old_table = 'ssot.journal_contacts_name' then 'g.rescued' else 'null' end;
  n bigint;
begin
  loop
    execute format(
      'with gone as (
         delete from %1$s where seq in (select seq from %1$s order by seq limit 10000) returning *
       )
       insert into ssot.journal (task, seq, id, old, new, rescued) select %2$L, g.seq, g.id, g.old::text, g.new::text, %3$s from gone as g',
      old_table, task, rescued);
    get diagnostics n = row_count;
    if commits then commit; end if;
    exit when n = 0;
    call ssot.wait_for_turn(commits);
  end loop;
end
$$;
