-- Whether the view is there and does what it was made for: as it was made, or by what it shows.
create or replace function ssot.view_is_ours() returns boolean
language sql stable set search_path = pg_catalog, pg_temp as $$
  select case
    when exists (select from pg_catalog.pg_class as c join ssot.object as o on o.stage = 'former' and o.kind = 'view' and o.name = c.relname
                 where c.oid = to_regclass('public.calls_with_caller_names') and 'security_invoker=true' = any (c.reloptions) and o.made = ssot.view_text()) then true
    else (select j.problem is null from ssot.judge_view() as j) end;
$$;
