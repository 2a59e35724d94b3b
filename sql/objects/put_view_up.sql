-- Makes again what was taken down, in the order in which one stands on the other, and notes how the view looks now. A view that somebody
-- had changed stays noted as it was made: so it is still known for changed.
create or replace function ssot.put_view_up(migration text) returns void
language plpgsql as $$
begin
  perform ssot.run_stage(migration, 'view');
  delete from ssot.object as o where o.migration = put_view_up.migration and o.stage = 'view';
  update ssot.object as o set made = ssot.view_text()
  where o.stage = 'former' and o.name = 'calls_with_caller_names'
    and (o.kind = 'narrowed view' or o.kind = 'view' and not exists (
      select from ssot.object as n where n.kind = 'narrowed view' and n.undo is not null));
end
$$;
