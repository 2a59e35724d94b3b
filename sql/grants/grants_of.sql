-- What was granted on a relation and on its columns, the owner's own rights left out. Null grantee: PUBLIC.
create or replace function ssot.grants_of(relation regclass) returns jsonb
language sql stable set search_path = pg_catalog, pg_temp as $$
  select coalesce(jsonb_agg(jsonb_build_object('grantee', r.rolname, 'privilege', g.privilege_type,
                                               'column', g.attname, 'grantable', g.is_grantable)), '[]')
  from (
    select x.grantee, x.privilege_type, null::name as attname, x.is_grantable, c.relowner
    from pg_catalog.pg_class as c, aclexplode(c.relacl) as x where c.oid = relation
    union all
    select x.grantee, x.privilege_type, a.attname, x.is_grantable, c.relowner
    from pg_catalog.pg_class as c
    join pg_catalog.pg_attribute as a on a.attrelid = c.oid and not a.attisdropped, aclexplode(a.attacl) as x
    where c.oid = relation
  ) as g
  left join pg_catalog.pg_roles as r on r.oid = g.grantee
  where g.grantee <> g.relowner;
$$;
