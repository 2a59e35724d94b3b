-- Drops a trigger of a table. The table is locked before: by itself DROP TRIGGER locks the partitions first, and meets writers that go the other way.
create or replace function ssot.drop_trigger(tab regclass, name text) returns void
language plpgsql as $$
begin
  execute format('lock table %s in access exclusive mode', tab);
  execute format('drop trigger %I on %s', name, tab);
end
$$;
