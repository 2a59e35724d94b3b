-- Writes down what brings back everything that goes with the columns: of the table itself, and what its partitions have for themselves.
create or replace function ssot.journal_dropped_objects(migration text, tab regclass, doomed text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into ssot.object (migration, stage, kind, name, undo)
  select journal_dropped_objects.migration, 'columns', 'column', a.attname,
         format('alter table %s add column %I %s%s%s', tab, a.attname, format_type(a.atttypid, a.atttypmod),
                coalesce(' collate ' || (select format('%I.%I', n.nspname, o.collname) from pg_catalog.pg_collation as o
                                         join pg_catalog.pg_namespace as n on n.oid = o.collnamespace
                                         where o.oid = a.attcollation and o.collname <> 'default'), ''),
                /* Empty whatever the default of its type. */
                case when t.typdefault is not null then ' default null' else '' end)
  from pg_catalog.pg_attribute as a join pg_catalog.pg_type as t on t.oid = a.atttypid
  where a.attrelid = tab and a.attname = any (doomed) and not a.attisdropped
  order by a.attnum;
  insert into ssot.object (migration, stage, kind, name, undo)
  select journal_dropped_objects.migration, s.stage, s.kind, a.attname, s.statement
  from (select tab::oid as part, 0 as level union all
        select d.relid, d.level from pg_partition_tree(tab) as d where d.level > 0) as p
  join pg_catalog.pg_attribute as a on a.attrelid = p.part and a.attname = any (doomed) and not a.attisdropped
  cross join lateral ssot.column_parts(p.part, a.attname) as s
  order by p.level, p.part, a.attnum, s.place;
  /* Of a partitioned table first its own, which stay invalid until those of the partitions are attached. */
  insert into ssot.object (migration, stage, kind, name, undo)
  select journal_dropped_objects.migration, 'index', 'index', c.oid::regclass, s.statement
  from pg_catalog.pg_index as x
  join pg_catalog.pg_class as c on c.oid = x.indexrelid
  left join pg_catalog.pg_inherits as i on i.inhrelid = x.indexrelid
  cross join lateral (values
    (1, pg_get_indexdef(x.indexrelid) || coalesce((select format(' tablespace %I', t.spcname) from pg_catalog.pg_tablespace as t where t.oid = c.reltablespace), '')),
    (2, format('alter index %s attach partition %s', i.inhparent::regclass, x.indexrelid::regclass)),
    (3, format('comment on index %s is %L', x.indexrelid::regclass, obj_description(x.indexrelid, 'pg_class'))),
    (4, format('alter table %s cluster on %I', x.indrelid::regclass, c.relname))) as s(place, statement)
  where (x.indrelid = tab or x.indrelid in (select d.relid from pg_partition_tree(tab) as d))
    and x.indisvalid and exists (
      select from pg_catalog.pg_attribute as a where a.attrelid = x.indrelid and a.attname = any (doomed) and a.attnum = any (x.indkey))
    and case s.place when 1 then true when 2 then i.inhparent is not null
                     when 3 then obj_description(x.indexrelid, 'pg_class') is not null else x.indisclustered end
  order by s.place, c.relkind = 'i', c.oid::regclass::text;
end
$$;
