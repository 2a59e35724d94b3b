-- After a migration is taken back: what it made, found or replaced is as it was.
create or replace function ssot.forget_objects(migration text) returns void
language sql as $$
  delete from ssot.object as o where o.migration = forget_objects.migration;
$$;
