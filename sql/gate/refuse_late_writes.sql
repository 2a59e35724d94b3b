-- The last look, under the drop's own lock: nobody can write any more; did somebody between the look at the gate and the lock?
create or replace function ssot.refuse_late_writes(migration text, force boolean, verdicts jsonb default '{}') returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  if not force and exists (
    select from ssot.deprecated_column as d join ssot.deprecated_write as w on w.relation = d.relation and w.column_name = d.column_name
    where d.migration = refuse_late_writes.migration and w.written_at >= now() - d.quiet
      and not ssot.is_excused(refuse_late_writes.migration, w.role_name, verdicts))
  then
    raise exception 'the columns may not be dropped: a deprecated column was written just now' using errcode = 'SS003';
  end if;
end
$$;
