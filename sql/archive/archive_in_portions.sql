-- Its statements for \gexec, with VACUUM between: what is filled writes the table.
create or replace function ssot.archive_in_portions(migration text, commits boolean) returns setof text
language plpgsql as $$
declare
  tab constant regclass := (select a.relation::regclass from ssot.archive as a where a.migration = archive_in_portions.migration);
begin
  return query select ssot.in_portions(format('call ssot.archive_columns(%L, %s, %%s)', migration, commits::text), tab, ssot.table_rows(tab), commits);
end
$$;
