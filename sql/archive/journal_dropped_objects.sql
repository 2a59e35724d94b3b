-- Writes down what brings back everything that goes with the columns.
create or replace function ssot.journal_dropped_objects(migration text, tab regclass, doomed text[]) returns void
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  insert into ssot.object (migration, stage, kind, name, undo)
  select journal_dropped_objects.migration, 'columns', 'column', a.attname,
         format('alter table %s add column %I %s%s', tab, a.attname, format_type(a.atttypid, a.atttypmod),
                coalesce(' collate ' || (select format('%I.%I', n.nspname, o.collname) from pg_catalog.pg_collation as o
                                         join pg_catalog.pg_namespace as n on n.oid = o.collnamespace
                                         where o.oid = a.attcollation and o.collname <> 'default'), ''))
  from pg_catalog.pg_attribute as a
  where a.attrelid = tab and a.attname = any (doomed) and not a.attisdropped
  order by a.attnum;
  insert into ssot.object (migration, stage, kind, name, undo)
  select journal_dropped_objects.migration, 'columns', 'setting', a.attname, format('alter table %s alter column %I %s', tab, a.attname, s.setting)
  from pg_catalog.pg_attribute as a
  join pg_catalog.pg_type as t on t.oid = a.atttypid
  cross join lateral (values
    ('set statistics ' || nullif(a.attstattarget, -1)),
    ('set storage ' || case when a.attstorage <> t.typstorage
                            then case a.attstorage when 'p' then 'plain' when 'e' then 'external' when 'm' then 'main' else 'extended' end end),
    ('set compression ' || case a.attcompression when 'p' then 'pglz' when 'l' then 'lz4' end),
    ('set (' || array_to_string(a.attoptions, ', ') || ')')) as s(setting)
  where a.attrelid = tab and a.attname = any (doomed) and not a.attisdropped and s.setting is not null
  order by a.attnum, s.setting;
  insert into ssot.object (migration, stage, kind, name, undo)
  select journal_dropped_objects.migration, 'swap', 'default', a.attname, format('alter table %s alter column %I set default %s', tab, a.attname, pg_get_expr(d.adbin, d.adrelid))
  from pg_catalog.pg_attribute as a join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where a.attrelid = tab and a.attname = any (doomed)
  union all
  select journal_dropped_objects.migration, 'swap', 'not null', a.attname, format('alter table %s alter column %I set not null', tab, a.attname)
  from pg_catalog.pg_attribute as a
  where a.attrelid = tab and a.attname = any (doomed) and a.attnotnull
  union all
  select journal_dropped_objects.migration, 'swap', 'comment', a.attname, format('comment on column %s.%I is %L', tab, a.attname, col_description(a.attrelid, a.attnum))
  from pg_catalog.pg_attribute as a
  where a.attrelid = tab and a.attname = any (doomed) and col_description(a.attrelid, a.attnum) is not null
  union all
  select journal_dropped_objects.migration, 'swap', 'grant', g ->> 'column', format('grant %s (%I) on %s to %s%s', g ->> 'privilege', g ->> 'column', tab,
         coalesce(quote_ident(g ->> 'grantee'), 'public'), case when (g ->> 'grantable')::boolean then ' with grant option' else '' end)
  from jsonb_array_elements(ssot.grants_of(tab)) as g where g ->> 'column' = any (doomed);
  /* Of a partitioned table first its own, which stay invalid until those of the partitions are attached. */
  insert into ssot.object (migration, stage, kind, name, undo)
  select journal_dropped_objects.migration, 'index', 'index', c.oid::regclass, s.statement
  from pg_catalog.pg_index as x
  join pg_catalog.pg_class as c on c.oid = x.indexrelid
  left join pg_catalog.pg_inherits as i on i.inhrelid = x.indexrelid
  cross join lateral (values (1, pg_get_indexdef(x.indexrelid)),
                             (2, format('alter index %s attach partition %s', i.inhparent::regclass, x.indexrelid::regclass))) as s(place, statement)
  where (x.indrelid = tab or x.indrelid in (select d.relid from pg_partition_tree(tab) as d))
    and x.indisvalid and (s.place = 1 or i.inhparent is not null) and exists (
    select from pg_catalog.pg_attribute as a where a.attrelid = x.indrelid and a.attname = any (doomed) and a.attnum = any (x.indkey))
  order by s.place, c.relkind = 'i', c.oid::regclass::text;
end
$$;
