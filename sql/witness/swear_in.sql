-- Takes the witness of a deprecation as it is now for what it should be, and looks for the first time at who reads the columns.
create or replace function ssot.swear_in(migration text default '20260209000400_mark_deprecated') returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  delete from ssot.witness as w where w.migration = swear_in.migration;
  insert into ssot.witness (migration, kind, name, object_id, changed_in)
  select swear_in.migration, l.kind, l.name, l.object_id, l.changed_in from ssot.live_witness(swear_in.migration) as l;
  perform ssot.record_readers(swear_in.migration, baseline => true);
end
$$;
