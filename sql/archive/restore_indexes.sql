-- The statements that build the indexes of dropped columns again, for \gexec. An index that an interrupted build left invalid is dropped
-- first. One of a partitioned table is made without its parts, which are built and attached; what is attached already may be again. Last what they have besides.
create or replace function ssot.restore_indexes(migration text) returns setof text
language sql stable as $$
  with u as (
    select o.seq, o.name, o.undo as statement, position(' ON ONLY ' in o.undo) > 0 as in_parts, x.indexrelid, x.indisvalid
    from ssot.object as o
    left join pg_catalog.pg_index as x on x.indexrelid = to_regclass(o.name)
    where o.migration = restore_indexes.migration and o.stage = 'index'
  )
  select s.statement
  from (
    select u.seq, 1 as part, format('drop index concurrently %s', u.name) as statement
    from u where u.statement ^@ 'CREATE' and not u.in_parts and not u.indisvalid
    union all
    select u.seq, 2, case when u.in_parts then u.statement
                          else overlay(u.statement placing ' index concurrently ' from position(' INDEX ' in u.statement) for 7) end
    from u where u.statement ^@ 'CREATE' and (u.indexrelid is null or not u.indisvalid and not u.in_parts)
    union all
    select u.seq, 3, u.statement from u where not u.statement ^@ 'CREATE'
  ) as s
  order by s.seq, s.part;
$$;
