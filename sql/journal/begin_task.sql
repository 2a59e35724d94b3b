-- Enters a task, unless it is known, and holds its row until the end of the transaction.
create or replace function ssot.begin_task(task text, migration text, relation text, column_name text, effect text) returns ssot.task
language plpgsql as $$
declare
  t ssot.task;
begin
  insert into ssot.task (task, migration, relation, column_name, effect)
  values (begin_task.task, begin_task.migration, begin_task.relation, begin_task.column_name, begin_task.effect)
  on conflict on constraint task_pkey do nothing;
  select x.* into t from ssot.task as x where x.task = begin_task.task for update;
  return t;
end
$$;
