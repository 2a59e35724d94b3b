-- What hangs on single columns of a view: defaults and comments, as statements.
create or replace function ssot.view_column_ddl(relation regclass) returns table (attnum smallint, name text, statement text)
language sql stable set search_path = pg_catalog, pg_temp as $$
  select a.attnum, a.attname::text, s.statement
  from pg_catalog.pg_attribute as a
  left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
  cross join lateral (values
    (format(' alter view %s alter column %I set default %s;', relation, a.attname, pg_get_expr(d.adbin, d.adrelid)), d.oid is not null),
    (format(' comment on column %s.%I is %L;', relation, a.attname, col_description(a.attrelid, a.attnum)), col_description(a.attrelid, a.attnum) is not null)
  ) as s(statement, needed)
  where a.attrelid = relation and a.attnum > 0 and not a.attisdropped and s.needed;
$$;
