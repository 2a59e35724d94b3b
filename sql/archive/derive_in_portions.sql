-- Its statements for \gexec, with VACUUM between; none where nothing is to be derived, or the columns never went.
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
  n := ssot.table_rows(a.relation::regclass);
  insert into ssot.task (task, migration, relation, effect, planned) values (a.migration || ' derived', a.migration, a.relation, 'valuesArchived', n)
  on conflict on constraint task_pkey do nothing;
  return query select ssot.in_portions(format('call ssot.derive_columns(%L, %s, %%s)', a.migration, commits::text), a.relation::regclass, n, commits);
end
$$;
