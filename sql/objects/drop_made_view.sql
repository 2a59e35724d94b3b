-- Drops a view that a migration made. Interrupted before it was made, one of this name is somebody's, and stays.
create or replace function ssot.drop_made_view(migration text, view_name text) returns void
language plpgsql as $$
begin
  if exists (select from ssot.object as o where o.migration = drop_made_view.migration and o.kind = 'view' and o.name = view_name) then
    execute format('drop view if exists public.%I', view_name);
  end if;
end
$$;
