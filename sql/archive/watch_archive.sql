-- Sets the triggers that keep the store of a drop exact while the copy runs. Takes SHARE ROW EXCLUSIVE on the table.
create or replace function ssot.watch_archive(migration text) returns void
language plpgsql as $$
declare
  a ssot.archive;
  made record;
begin
  select * into a from ssot.archive as x where x.migration = watch_archive.migration;
  if a.migration is null then return; end if;
  for made in
    select t.event, format('ssot_archive_%s_%s', t.event, left(a.migration, 14)) as name, t.condition
    from (values
      ('insert', case when not a.keeps_all then ssot.listed('new.%1$I is distinct from null', a.columns, '{}', ' or ') end),
      ('update', ssot.is_another('old', 'new', a.columns || a.row_key)),
      ('delete', null)) as t(event, condition)
  loop
    execute format('create trigger %I after %s on %s for each row %s execute function ssot.sync_archive(%L)', made.name, made.event, a.relation,
                   coalesce('when (' || made.condition || ')', ''), a.migration);
    execute format('alter table %s enable always trigger %I', a.relation, made.name);
  end loop;
end
$$;
