-- What a deprecation is about: its table, the columns, the relations that hold their values (the table, its partitions, and for calls
-- the view of live names), and the words by which a text may name the table.
create or replace function ssot.deprecation(migration text, out tab regclass, out columns text[], out parts oid[], out view_oid oid, out words text)
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
declare
  short_name text;
begin
  select to_regclass(d.relation), array_agg(d.column_name order by d.place) into tab, columns
  from ssot.deprecated_column as d where d.migration = deprecation.migration group by d.relation;
  if tab = to_regclass('public.calls') then view_oid := to_regclass('public.calls_with_caller_names')::oid; end if;
  parts := array(
    with recursive child as (
      select tab::oid as id union select i.inhrelid from child as c join pg_catalog.pg_inherits as i on i.inhparent = c.id
    )
    select c.id from child as c);
  short_name := (select ssot.as_pattern(c.relname) from pg_catalog.pg_class as c where c.oid = tab);
  words := '(^|[^a-z0-9_])' || short_name || case when view_oid is null then '' else '(_with_caller_names)?' end || '($|[^a-z0-9_])';
end
$$;
