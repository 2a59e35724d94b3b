-- Drops the view of live names. What stands on it is written down before, as the statements that make it again, and goes first. What
-- cannot be made again stays, and stops this by its name.
create or replace function ssot.take_view_down(migration text) returns void
language plpgsql as $$
declare
  name text;
begin
  insert into ssot.object (migration, stage, kind, name, undo)
  select take_view_down.migration, 'view', 'view', s.id::regclass, ssot.view_ddl(s.id)
  from ssot.stands_on_view(to_regclass('public.calls_with_caller_names'), ssot.view_columns('{}')) as s
  where s.problem is null order by s.depth, s.id;
  for name in
    select o.name from ssot.object as o
    where o.migration = take_view_down.migration and o.stage = 'view' and o.kind = 'view' and o.name <> 'public.calls_with_caller_names' order by o.seq desc
  loop
    execute format('drop view %s', name);
  end loop;
  drop view public.calls_with_caller_names;
end
$$;
