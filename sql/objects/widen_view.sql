-- Takes the view of live names down after columns came back, as the statements that make it again as it was before they went. One that
-- somebody has changed since stays.
create or replace function ssot.widen_view(migration text) returns void
language plpgsql as $$
declare
  was ssot.object;
begin
  select * into was from ssot.object as o where o.migration = widen_view.migration and o.stage = 'former' and o.kind = 'narrowed view';
  if ssot.view_text() is distinct from coalesce(was.made, (
    select o.made from ssot.object as o where o.stage = 'former' and o.kind = 'view' and o.name = 'calls_with_caller_names')) then
    raise warning 'view calls_with_caller_names was changed by somebody and stays without the columns that came back';
    return;
  end if;
  insert into ssot.object (migration, stage, kind, name, undo)
  values (widen_view.migration, 'view', 'view', 'public.calls_with_caller_names',
          ssot.view_ddl('public.calls_with_caller_names', coalesce(was.undo, ssot.calls_view())));
  insert into ssot.object (migration, stage, kind, name, undo)
  select o.migration, 'view', o.kind, o.name, o.undo from ssot.object as o
  where o.migration = widen_view.migration and o.stage = 'former' and o.kind = 'narrowed column' order by o.seq;
  perform ssot.take_view_down(migration);
end
$$;
