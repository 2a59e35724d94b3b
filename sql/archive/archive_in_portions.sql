-- Its statements for \gexec, where it fills rows with VACUUM between: that writes the table.
create or replace function ssot.archive_in_portions(migration text, commits boolean) returns setof text
language plpgsql as $$
declare
  a ssot.archive;
  tab regclass;
begin
  select * into a from ssot.archive as x where x.migration = archive_in_portions.migration;
  if a.migration is null then return; end if;
  tab := a.relation::regclass;
  return query select ssot.in_portions(format('call ssot.archive_columns(%L, %s, %%s)', migration, commits::text), tab,
                                  case when a.fill is not null then ssot.table_rows(tab) end, commits);
end
$$;
