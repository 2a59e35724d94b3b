-- The operator that each column of a key has for "strategy" (=, > or >=): PostgreSQL's own, or that of the type's extension. Named with its schema
-- it is the one that the key's index knows, whatever the search path. Asked for single rows: plpgsql keeps the plan.
create or replace function ssot.key_operators(tab regclass, row_key text[], strategy text) returns text[]
language plpgsql stable set search_path = pg_catalog, pg_temp as $$
begin
  return (with recursive typed as (
    select k.place, a.atttypid as type
    from unnest(row_key) with ordinality as k(name, place)
    join pg_catalog.pg_attribute as a on a.attrelid = tab and a.attname = k.name and not a.attisdropped
    union all
    select x.place, t.typbasetype from typed as x join pg_catalog.pg_type as t on t.oid = x.type and t.typtype = 'd'
  )
  select array_agg(coalesce(o.called, format('operator(pg_catalog.%s)', strategy)) order by x.place)
  from typed as x
  join pg_catalog.pg_type as t on t.oid = x.type and t.typtype <> 'd'
  left join lateral (
    select format('operator(%I.%s)', n.nspname, e.oprname) as called
    from pg_catalog.pg_opclass as c
    join pg_catalog.pg_am as m on m.oid = c.opcmethod and m.amname = 'btree'
    join pg_catalog.pg_amop as p on p.amopfamily = c.opcfamily and p.amoplefttype = c.opcintype and p.amoprighttype = c.opcintype and p.amopstrategy = case strategy when '=' then 3 when '>=' then 4 else 5 end
    join pg_catalog.pg_operator as e on e.oid = p.amopopr
    join pg_catalog.pg_namespace as n on n.oid = e.oprnamespace
    where c.opcdefault and c.opcintype = x.type) as o on true);
end
$$;
