create or replace function ssot.plan_undo(t ssot.task) returns void
language plpgsql as $$
begin
  truncate ssot.undo_order;
  execute format(
    'insert into ssot.undo_order (seq, task, journal_seq)
     select row_number() over (order by p.nth, p.turn), $2, p.seq
     from (
       select j.seq, row_number() over (partition by j.id order by j.seq desc) as nth, ssot.turn(j.lies_at, $1) as turn
       from (select j.seq, j.id, ssot.lies_at(r.ctid) as lies_at from ssot.journal as j join %s as r on r.id = j.id where j.task = %L offset 0) as j
     ) as p', t.relation, t.task)
  using ssot.stretch_pages(t.relation::regclass), t.task;
  analyze ssot.undo_order;
end
$$;
