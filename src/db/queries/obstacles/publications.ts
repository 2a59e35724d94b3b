import type { ListObstacles } from "./obstacle.ts";

/**
 * Published tables in which a run changes rows, and whose changes PostgreSQL would refuse: it must be able to tell a
 * subscriber which row is meant, and the publication's columns and row filter may leave out nothing of that.
 */
export const listUnidentifiedRows: ListObstacles = (sql) => sql`
  with changed as (
    select to_regclass('public.calls')::oid as root, false as deletes where to_regclass('public.calls') is not null
    union all select to_regclass('public.contacts'), true where to_regclass('public.contacts') is not null
    union all
    select distinct k.conrelid, false from pg_catalog.pg_constraint as k
    where k.contype = 'f' and k.confrelid = to_regclass('public.contacts') and k.conparentid = 0
      and k.conrelid not in (to_regclass('public.calls'), to_regclass('public.contacts'))
  ), target as (
    select c.oid, c.relreplident, c.relnamespace, r.root, r.deletes
    from changed as r
    cross join lateral (select r.root as relid union select t.relid from pg_partition_tree(r.root) as t where t.isleaf) as d
    join pg_catalog.pg_class as c on c.oid = d.relid and c.relkind = 'r' and c.relpersistence = 'p'
  ), published as (
    -- A table is published by its own name, or by that of what it is a part of, whose filter counts where rows are sent as its rows.
    select t.*, p.pubname, p.pubupdate, p.pubdelete, own.prrelid, own.prattrs, own.prqual::text as filter
    from target as t cross join pg_catalog.pg_publication as p
    left join lateral (
      select r.prrelid, case when r.prrelid = t.oid or p.pubviaroot then r.prattrs end as prattrs,
             case when r.prrelid = t.oid or p.pubviaroot then r.prqual end as prqual
      from pg_catalog.pg_publication_rel as r
      where r.prpubid = p.oid and r.prrelid in (select t.oid union select x.relid from pg_partition_ancestors(t.oid) as x)
      order by r.prrelid = t.oid desc limit 1
    ) as own on true
    where (p.pubupdate or p.pubdelete and t.deletes)
      and (own.prrelid is not null or p.puballtables
           or exists (select from pg_catalog.pg_publication_namespace as n where n.pnpubid = p.oid and n.pnnspid in (
                select c.relnamespace from pg_catalog.pg_class as c where c.oid = t.oid or c.oid in (select x.relid from pg_partition_ancestors(t.oid) as x))))
  ), identity as (
    select distinct t.oid, array(
      select a.attname::text from pg_catalog.pg_index as x
      cross join lateral unnest((x.indkey::smallint[])[0:x.indnkeyatts - 1]) as k(attnum)
      join pg_catalog.pg_attribute as a on a.attrelid = x.indrelid and a.attnum = k.attnum
      where x.indrelid = t.oid and x.indisvalid and x.indimmediate
        and case t.relreplident when 'd' then x.indisprimary when 'i' then x.indisreplident else false end
    ) as columns, t.relreplident = 'f' as is_full
    from target as t
  ), judged as (
    select p.pubname, p.oid::regclass as tab, i.columns = '{}' and not i.is_full as unidentified,
      p.prattrs is not null and (i.is_full or exists (
        select from unnest(i.columns) as c(name)
        where c.name not in (select a.attname::text from pg_catalog.pg_attribute as a where a.attrelid = p.prrelid and a.attnum = any (p.prattrs::smallint[])))) as cut,
      p.filter is not null and not i.is_full and exists (
        select from regexp_matches(p.filter, ':varattno (\\d+)', 'g') as v(n)
        join pg_catalog.pg_attribute as a on a.attrelid = p.prrelid and a.attnum = v.n[1]::smallint
        where a.attname::text <> all (i.columns)) as filtered
    from published as p join identity as i on i.oid = p.oid
  )
  select format('publication %I sends the changes of %s, and nothing tells which row they mean', j.pubname, j.tab) as what,
         format('alter table %s replica identity full, or give it a primary key', j.tab) as remedy
  from judged as j where j.unidentified
  union
  select format('publication %I leaves out columns by which a row of %s is known', j.pubname, j.tab),
         format('name them in the column list of publication %I', j.pubname)
  from judged as j where j.cut and not j.unidentified
  union
  select format('publication %I filters rows of %s by a column by which they are not known', j.pubname, j.tab),
         format('alter table %s replica identity full', j.tab)
  from judged as j where j.filtered and not j.unidentified
  order by what`;
