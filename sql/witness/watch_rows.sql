-- Sets the triggers by which what is kept of a row goes with it when it is deleted, and follows it to another key, where the table has none yet.
-- Of a table without a key nothing is kept of a single row; it may get one before the drop.
create or replace function ssot.watch_rows(relation text) returns void
language plpgsql as $$
declare
  keys text[];
  made record;
  /* Of a partition's rows a statement's trigger on the whole table sees nothing. */
  by_row constant boolean := (select c.relkind = 'p' from pg_catalog.pg_class as c where c.oid = relation::regclass);
begin
  select array_agg(distinct c.name) into keys
  from (select d.relation, d.row_key from ssot.deprecated_column as d union all select a.relation, a.row_key from ssot.archive as a) as k
  cross join unnest(k.row_key) as c(name) where k.relation = watch_rows.relation;
  if keys is null
     or exists (select from pg_catalog.pg_trigger as t where t.tgrelid = relation::regclass and t.tgname = 'ssot_erase_deleted') then
    return;
  end if;
  for made in
    select * from (values
      ('ssot_erase_row', 'delete', case when by_row then 'for each row' else 'referencing old table as gone for each statement' end, 'ssot.erase_row'),
      ('ssot_erase_all', 'truncate', 'for each statement', 'ssot.erase_row'),
      ('ssot_follow_key', 'update', format('for each row when (%s)', ssot.differs(relation::regclass, 'old', 'new', keys)), 'ssot.follow_key')
    ) as t(name, event, each, routine)
  loop
    execute format('create or replace trigger %I after %s on %s %s execute function %s(%L)', made.name, made.event, relation, made.each,
                   made.routine, relation);
    execute format('alter table %s enable always trigger %I', relation, made.name);
  end loop;
end
$$;
