-- Somebody's view of the name stays where it does what ours does. Else it is kept as the statements that make it again, and goes, until
-- ours is there with what stands on it. Where it shows more than ours would, this stops unless that is meant.
create or replace function ssot.set_aside_view(migration text, replace_view boolean) returns void
language plpgsql as $$
declare
  theirs constant regclass := to_regclass('public.calls_with_caller_names');
  judged record;
begin
  if theirs is null then
    perform ssot.note_object(migration, 'view', 'calls_with_caller_names', 'created');
    return;
  end if;
  select * into judged from ssot.judge_view();
  if judged.problem is null then
    perform ssot.note_object(migration, 'view', 'calls_with_caller_names', 'kept');
    perform ssot.open_kept_view(migration, theirs);
    return;
  end if;
  if judged.further <> '{}' and not replace_view then
    raise exception 'the view % would lose columns that ours has not: %', theirs, array_to_string(judged.further, ', ')
      using errcode = 'object_not_in_prerequisite_state', detail = 'It ' || judged.problem || '.',
            hint = 'Give it another name, or let it be replaced: --replace-view (psql: -v replace_view=true). A rollback brings it back.';
  end if;
  perform ssot.note_object(migration, 'view', 'calls_with_caller_names', 'replaced', ssot.view_ddl(theirs));
  perform ssot.take_view_down(migration);
end
$$;
