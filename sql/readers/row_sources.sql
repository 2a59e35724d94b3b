-- What else than its own name gives rows of a deprecation's table: its partitions and children and the view of live names, and functions that
-- return such rows.
create or replace function ssot.row_sources(migration text, out relations text[], out functions text[])
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  rows_of oid[];
begin
  select x.parts || x.view_oid into rows_of from ssot.deprecation(migration) as x;
  relations := array(select r.relname::text from pg_catalog.pg_class as r where r.oid = any (rows_of) order by 1);
  functions := array(
    select distinct p.proname::text from pg_catalog.pg_proc as p
    where p.prorettype = any (array(
      select t.oid from pg_catalog.pg_type as t left join pg_catalog.pg_type as e on e.oid = t.typelem
      where t.typrelid = any (rows_of) or e.typrelid = any (rows_of))) order by 1);
end
$$;
