-- Empties a field of a survivor again, unless somebody changed it since.
create or replace function ssot.undo_fill(migration text, j ssot.journal) returns void
language plpgsql as $$
declare
  current_value text;
begin
  execute format('select %I::text from public.contacts where id = $1 for update', j.column_name)
    into current_value using (j.key ->> 'id')::uuid;
  if current_value is not distinct from j.new then
    perform ssot.set_contact((j.key ->> 'id')::uuid, j.column_name, j.old);
  elsif exists (select from public.contacts where id = (j.key ->> 'id')::uuid) then
    insert into ssot.unrestored (relation, row_key, column_name, original, reason)
    values (j.relation, j.key, j.column_name, j.old, 'changed since');
    perform ssot.add_tally(migration, 'contactsMerged', 1, 'kept');
  end if;
end
$$;
