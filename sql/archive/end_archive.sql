-- After the swap: rows that hold nothing go, and the values are counted, in all and by column.
create or replace function ssot.end_archive(migration text) returns void
language plpgsql as $$
declare
  a ssot.archive;
  n bigint;
  c text;
begin
  select * into a from ssot.archive as x where x.migration = end_archive.migration;
  if a.migration is null then return; end if;
  execute format('delete from %s as x where x.gone%s', a.store, case when a.fill is null then '' else ' and x.filled is null' end);
  delete from ssot.archive_mark as m where m.migration = a.migration;
  delete from ssot.task as t where t.task = a.migration;
  execute format('select %s from %s', ssot.listed('count(%1$I)', a.columns, '{}', ' + '), a.store) into n;
  perform ssot.set_tally(a.migration, 'valuesArchived', n);
  foreach c in array a.columns loop
    execute format('select count(%I) from %s', c, a.store) into n;
    perform ssot.set_tally(a.migration, a.relation || '.' || c, n);
  end loop;
end
$$;
