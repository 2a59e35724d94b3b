-- How large a table is, in bytes; of a partitioned one its partitions.
create or replace function ssot.table_size(tab regclass) returns bigint
language sql stable as $$
  select coalesce(sum(pg_relation_size(p.relid))::bigint, pg_relation_size(tab)) from pg_partition_tree(tab) as p;
$$;
