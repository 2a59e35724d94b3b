-- The statements that drop an index, for \gexec: CONCURRENTLY, which one of a partitioned table is not: it goes in a
-- moment, under a lock that keeps everybody out. Before it, what a build has not attached.
create or replace function ssot.drop_index(index_name text) returns setof text
language sql stable as $$
  select format('drop index concurrently %s', p.path)
  from pg_catalog.pg_index as x cross join lateral ssot.index_parts(index_name, x.indrelid) as p
  where x.indexrelid = to_regclass('public.' || quote_ident(index_name)) and p.is_leaf and not p.attached and p.valid is not null
  union all
  select format('drop index %spublic.%I', case c.relkind when 'I' then '' else 'concurrently ' end, index_name)
  from pg_catalog.pg_class as c where c.oid = to_regclass('public.' || quote_ident(index_name));
$$;
