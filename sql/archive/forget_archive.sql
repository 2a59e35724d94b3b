-- After a drop is taken back. The store is the file's to drop.
create or replace function ssot.forget_archive(migration text) returns void
language plpgsql as $$
begin
  delete from ssot.archive as a where a.migration = forget_archive.migration;
  delete from ssot.archive_mark as m where m.migration = forget_archive.migration;
  delete from ssot.task as t where t.migration = forget_archive.migration;
  perform ssot.forget_objects(migration);
end
$$;
