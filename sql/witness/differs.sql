-- Whether two rows of a table differ in one of the columns, as the condition of a trigger that is asked for each update. By the type's own equality
-- where that is PostgreSQL's, which costs next to nothing; else as they are stored: see ssot.is_another.
create or replace function ssot.differs(tab regclass, was text, is_now text, columns text[]) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select string_agg(case when x.is_simple then format('%s.%I is distinct from %s.%I', was, x.name, is_now, x.name)
                         else ssot.is_another(was, is_now, array[x.name]) end, ' or ' order by x.place)
  from (
    select c.name, c.place,
           t.typtype in ('b', 'e') and t.typcategory <> 'A' and coalesce(o.collisdeterministic, true)
           and exists (select from pg_catalog.pg_opclass as q join pg_catalog.pg_am as m on m.oid = q.opcmethod and m.amname = 'btree'
                       where q.opcdefault and q.oid < 16384 and (q.opcintype = t.oid or t.typtype = 'e' and q.opcintype = 'anyenum'::regtype
                                                                 or t.oid = 'varchar'::regtype and q.opcintype = 'text'::regtype)) as is_simple
    from unnest(columns) with ordinality as c(name, place)
    join pg_catalog.pg_attribute as a on a.attrelid = tab and a.attname = c.name and not a.attisdropped
    join pg_catalog.pg_type as t on t.oid = a.atttypid
    left join pg_catalog.pg_collation as o on o.oid = a.attcollation
  ) as x;
$$;
