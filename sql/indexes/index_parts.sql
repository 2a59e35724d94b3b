-- The indexes that make up one on a partitioned table: the parent's own, and one a partition. No row: a plain table.
create or replace function ssot.index_parts(index_name text, tab regclass)
returns table (part_of regclass, is_leaf boolean, depth integer, name text, path text, parent text, valid boolean, attached boolean)
language sql stable as $$
  with part as (
    select t.relid, t.parentrelid, t.isleaf, t.level, m.name, format('%I.%I', n.nspname, m.name) as path
    from pg_partition_tree(tab) as t
    join pg_catalog.pg_class as c on c.oid = t.relid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    cross join lateral (
      select case when t.level = 0 then index_name
                  when octet_length(index_name || '_' || c.relname) < 64 then index_name || '_' || c.relname
                  else index_name || '_' || c.oid end as name
    ) as m
  )
  select p.relid, p.isleaf, p.level, p.name, p.path, above.path, x.indisvalid,
         exists (select from pg_catalog.pg_inherits as i join pg_catalog.pg_index as y on y.indexrelid = i.inhrelid
                 where i.inhparent = to_regclass(above.path) and y.indrelid = p.relid)
  from part as p
  left join part as above on above.relid = p.parentrelid
  left join pg_catalog.pg_index as x on x.indexrelid = to_regclass(p.path);
$$;
