-- Takes a deprecation back: its witness, what that has seen, who was seen to read it, and the columns' comments and defaults.
create or replace function ssot.undeprecate(migration text) returns void
language plpgsql as $$
declare
  traced_in text;
  tab constant text := (select min(d.relation) from ssot.deprecated_column as d where d.migration = undeprecate.migration);
begin
  perform ssot.unwatch_writes(migration);
  delete from ssot.deprecated_write as w using ssot.deprecated_column as d
  where d.migration = undeprecate.migration and w.relation = d.relation and w.column_name = d.column_name;
  delete from ssot.column_audit as a using ssot.deprecated_column as d
  where d.migration = undeprecate.migration and a.relation = d.relation and a.column_name = d.column_name;
  delete from ssot.reader as r where r.migration = undeprecate.migration;
  delete from ssot.reader_sample as s where s.migration = undeprecate.migration;
  delete from ssot.excused_role as e where e.migration = undeprecate.migration;
  delete from ssot.witness as w where w.migration = undeprecate.migration;
  for traced_in in select d.traced_in from ssot.deprecated_column as d where d.migration = undeprecate.migration order by d.place loop
    execute format('drop sequence if exists %s', traced_in);
  end loop;
  delete from ssot.deprecated_column as d where d.migration = undeprecate.migration;
  perform ssot.unwatch_rows(tab);
  perform ssot.bring_back(migration, '{comment,default}');
end
$$;
