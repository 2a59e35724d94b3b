import type { ListObstacles } from "./obstacle.ts";

/** calls, contacts or organizations of a kind that has no columns, constraints, triggers or rows of its own. */
export const listStrangeKinds: ListObstacles = (sql) => sql`
  with ours as (
    select c.*, c.oid::regclass as tab from pg_catalog.pg_class as c
    where c.oid in (to_regclass('public.calls'), to_regclass('public.contacts'))
  ), kinds(kind, name) as (
    values ('v', 'a view'), ('m', 'a materialised view'), ('f', 'a foreign table'), ('c', 'a type'), ('S', 'a sequence'), ('i', 'an index')
  )
  select format('%s is %s', o.tab, k.name) as what,
         'give the table of that name, to which triggers and constraints can be added, its place in schema public' as remedy
  from ours as o join kinds as k on k.kind = o.relkind
  union all
  select format('%s is %s', c.oid::regclass, k.name), 'give the table of organisations that name'
  from pg_catalog.pg_class as c join kinds as k on k.kind = c.relkind
  where c.oid = to_regclass('public.organizations') and c.relkind in ('c', 'S', 'i')
  union all
  select format('%s is unlogged: after a crash it is empty, and no table that is kept can reference it', o.tab),
         format('alter table %s set logged', o.tab)
  from ours as o where o.relpersistence = 'u'
  union all
  select format('%s is a table of a type, which takes no columns of its own', o.tab), format('alter table %s not of', o.tab)
  from ours as o where o.reloftype <> 0
  union all
  select format('%s is a part of %s, and takes no columns of its own', o.tab, i.inhparent::regclass),
         case when o.relispartition then 'run on a database where it is a table of its own'
              else format('alter table %s no inherit %s', o.tab, i.inhparent::regclass) end
  from ours as o join pg_catalog.pg_inherits as i on i.inhrelid = o.oid
  order by what`;
