-- Its statements for \gexec, with VACUUM between; none where nothing is to be derived, the columns never went, or what was kept has been let go
-- since (ssot finalize): then nobody can tell which rows are new ones.
create or replace function ssot.derive_in_portions(migration text, commits boolean) returns setof text
language plpgsql as $$
declare
  a ssot.archive;
  n bigint;
begin
  select * into a from ssot.archive as x where x.migration = derive_in_portions.migration;
  if coalesce(array_remove(a.derive, null), '{}') = '{}' or not exists (select from ssot.object as o where o.migration = a.migration and o.stage = 'columns') then
    return;
  end if;
  if exists (
    select from ssot.finalization as f join ssot.ledger as l on l.name = a.migration
    where f.finalized_at > l.run_on at time zone 'UTC'
      and (f.deprecation is null or exists (select from ssot.deprecated_column as d
                                            where d.migration = f.deprecation and d.relation = a.relation and d.column_name = any (a.columns)))) then
    return;
  end if;
  n := ssot.table_rows(a.relation::regclass);
  insert into ssot.task (task, migration, relation, effect, planned) values (a.migration || ' derived', a.migration, a.relation, 'valuesArchived', n)
  on conflict on constraint task_pkey do nothing;
  return query select ssot.in_portions(format('call ssot.derive_columns(%L, %s, %%s)', a.migration, commits::text), a.relation::regclass, n, commits);
end
$$;
