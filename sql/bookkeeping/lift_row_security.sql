-- An event trigger may give row level security to whatever is new, and force it: then a table hides its rows from its owner, too.
create or replace function ssot.lift_row_security() returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  tab regclass;
begin
  for tab in
    select c.oid from pg_catalog.pg_class as c
    where c.relnamespace = 'ssot'::regnamespace and c.relkind in ('r', 'p') and c.relforcerowsecurity and not c.relname ^@ 'adopted_'
  loop
    execute format('alter table %s no force row level security', tab);
  end loop;
end
$$;
