-- How many rows it has, as VACUUM and ANALYZE last saw them.
create or replace function ssot.table_rows(tab regclass) returns bigint
language sql stable as $$
  select coalesce(sum(c.reltuples), 0)::bigint from pg_catalog.pg_class as c
  where c.relkind = 'r' and c.reltuples > 0 and (c.oid = tab or c.oid in (select p.relid from pg_partition_tree(tab) as p));
$$;
