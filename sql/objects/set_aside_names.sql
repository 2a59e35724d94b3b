-- Renames the indexes of a table that is set aside, so that ours may have their names wherever they lie. Gives the statements that name
-- them back, for the table in schema public.
create or replace function ssot.set_aside_names(tab regclass) returns text
language plpgsql as $$
declare
  i record;
  undo text := '';
begin
  for i in
    select c.relname as name, n.nspname as place, 'adopted_' || left(c.relname, 54) as aside
    from pg_catalog.pg_index as x
    join pg_catalog.pg_class as c on c.oid = x.indexrelid join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where x.indrelid = tab and not c.relname ^@ 'adopted_' order by c.relname
  loop
    execute format('alter index %I.%I rename to %I', i.place, i.name, i.aside);
    undo := undo || format('; alter index public.%I rename to %I', i.aside, i.name);
  end loop;
  return undo;
end
$$;
