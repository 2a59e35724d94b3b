-- Every foreign key that references contacts, from the catalog. "col" is the column that holds the contact's id;
-- it is null where the key references something else, which neither a merge nor a new number can follow. "not_null": it cannot be
-- emptied; of a key that matches in full (MATCH FULL) no column can be emptied alone.
create or replace view ssot.contact_reference as
select k.conname as constraint_name,
       format('%I.%I', n.nspname, r.relname) as rel,
       r.oid as relid,
       case when not exists (
         select from unnest(k.conkey, k.confkey) as m(here, there)
         where m.there <> i.attnum and m.there <> (select o.attnum from pg_catalog.pg_attribute as o
                                                   where o.attrelid = k.confrelid and o.attname = 'org_id')
       ) then a.attname end as col,
       coalesce(a.attnotnull or y.typnotnull, true) or k.confmatchtype = 'f' and cardinality(k.conkey) > 1 as not_null,
       k.confdeltype = 'c' as cascades
from pg_catalog.pg_constraint as k
join pg_catalog.pg_class as r on r.oid = k.conrelid
join pg_catalog.pg_namespace as n on n.oid = r.relnamespace
join pg_catalog.pg_attribute as i on i.attrelid = k.confrelid and i.attname = 'id'
left join lateral (
  select m.here from unnest(k.conkey, k.confkey) as m(here, there) where m.there = i.attnum
) as own on true
left join pg_catalog.pg_attribute as a on a.attrelid = k.conrelid and a.attnum = own.here
left join pg_catalog.pg_type as y on y.oid = a.atttypid
where k.contype = 'f' and k.confrelid = to_regclass('public.contacts') and k.conparentid = 0 and n.nspname <> 'ssot';
