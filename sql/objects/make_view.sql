-- Makes the view of live names, unless a right one is there, and what stood on a former one. Who may read calls may read it.
create or replace function ssot.make_view(migration text) returns void
language plpgsql as $$
begin
  if to_regclass('public.calls_with_caller_names') is null then
    execute 'create view public.calls_with_caller_names with (security_invoker = true) as ' || ssot.calls_view();
    comment on view public.calls_with_caller_names is
      'Calls with the caller''s name read live from contacts.name, the single source of truth. Read it instead of calls.caller_name.';
    perform ssot.set_grants('public.calls_with_caller_names', ssot.readers_of('public.calls'));
  end if;
  perform ssot.remember_view();
  perform ssot.put_view_up(migration);
end
$$;
