-- The statements that undo a task's journal, for \gexec: with VACUUM between, and the order planned where it is more than one.
create or replace function ssot.undo_in_portions(task_name text, commits boolean) returns setof text
language plpgsql as $$
declare
  t ssot.task;
  statements integer;
begin
  select * into t from ssot.task as x where x.task = task_name;
  if t.task is null then return; end if;
  return query select ssot.in_portions(format('call ssot.undo_journal(%L, %s, %%s)', task_name, commits::text), t.relation::regclass, t.done, commits);
  get diagnostics statements = row_count;
  if statements > 1 then perform ssot.plan_undo(t); end if;
end
$$;
