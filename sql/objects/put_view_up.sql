-- Makes again what was taken down, in the order in which one stands on the other, and notes how the view of live names looks now.
create or replace function ssot.put_view_up(migration text) returns void
language plpgsql as $$
begin
  perform ssot.run_stage(migration, 'view');
  if exists (select from ssot.object as o
             where o.migration = put_view_up.migration and o.stage = 'view' and o.name = 'public.calls_with_caller_names') then
    perform ssot.remember_view();
  end if;
  delete from ssot.object as o where o.migration = put_view_up.migration and o.stage = 'view';
end
$$;
