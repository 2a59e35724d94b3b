-- Takes dress_view back: the former view returns, with what stands on it. A view that somebody has changed since stays, and what it
-- replaced is stored; so does one of this name that was there before an interrupted run made any.
create or replace function ssot.unmake_view(migration text) returns void
language plpgsql as $$
declare
  was ssot.object;
begin
  select * into was from ssot.object as o where o.migration = unmake_view.migration and o.stage = 'former' and o.kind = 'view';
  if was.outcome is null then return; end if;
  if was.outcome = 'kept' then
    perform ssot.bring_back(migration, '{view grants}');
    return;
  end if;
  if to_regclass('public.calls_with_caller_names') is not null then
    if ssot.view_text() is distinct from coalesce(was.made, ssot.view_text()) then
      insert into ssot.unrestored (relation, row_key, original, image, reason)
      values ('public.calls_with_caller_names', '{}', was.undo, jsonb_build_object('kept', ssot.view_ddl('public.calls_with_caller_names')),
              'the view was changed since');
      perform ssot.add_tally(migration, 'views', 1, 'kept');
      raise warning 'view calls_with_caller_names was changed by somebody and stays; what was there before it is in ssot.unrestored';
      return;
    end if;
    perform ssot.take_view_down(migration);
  end if;
  perform ssot.bring_back(migration, '{view}');
  perform ssot.run_stage(migration, 'view');
end
$$;
