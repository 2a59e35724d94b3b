-- Notes how the view of live names looks when nobody has changed it since. Where the drop found one that somebody had changed, it stays
-- noted as it was made: so it is still known for changed.
create or replace function ssot.remember_view() returns void
language sql as $$
  update ssot.object as o set made = ssot.view_text()
  where o.stage = 'former' and o.name = 'calls_with_caller_names'
    and (o.kind = 'narrowed view' or o.kind = 'view' and not exists (
      select from ssot.object as n where n.kind = 'narrowed view' and n.undo is not null));
$$;
