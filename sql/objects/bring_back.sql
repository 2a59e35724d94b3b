-- Runs the statements that bring former objects back, kind after kind.
create or replace function ssot.bring_back(migration text, kinds text[]) returns void
language plpgsql as $$
declare
  former text;
begin
  for former in
    select o.undo from ssot.object as o
    where o.migration = bring_back.migration and o.stage = 'former' and o.kind = any (kinds) and o.undo is not null
    order by array_position(kinds, o.kind), o.name
  loop
    execute former;
  end loop;
end
$$;
