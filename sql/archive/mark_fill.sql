-- Marks a call whose number has to be filled in, wherever the copy is by then. Argument: the drop's migration.
create or replace function ssot.mark_fill() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  if ssot.needs_fill(new.call_direction::text, new.phone_number, new.from_number) then
    insert into ssot.archive_mark (migration, id) values (tg_argv[0], new.id) on conflict do nothing;
  end if;
  return null;
end
$$;
