-- Gives a view that was made again what it had, and remembers how it looks now.
create or replace function ssot.dress_view(migration text, view_name text) returns void
language plpgsql as $$
declare
  s text;
begin
  for s in
    select o.undo from ssot.object as o
    where o.migration = dress_view.migration and o.stage = 'view' and o.name = view_name order by o.seq
  loop
    execute s;
  end loop;
  perform ssot.remember_view(view_name);
end
$$;
