-- What messages call a migration: the mission's by its number, any other by its name.
create or replace function ssot.migration_title(migration text) returns text
language sql immutable as $$
  select case migration when '20260209000400_mark_deprecated' then 'migration 4' else migration end;
$$;
