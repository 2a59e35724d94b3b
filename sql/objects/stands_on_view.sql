-- What stands on a view, at any distance, and how deep. "columns": what the view will have, as name, type and collation. "problem": why
-- something cannot be made again after the view was; null: it can. The command asks this before there is a schema ssot.
create or replace function ssot.stands_on_view(relation oid, columns text[])
returns table (class oid, id oid, depth integer, problem text)
language sql stable set search_path = pg_catalog, pg_temp as $$
  with recursive standing as (
    select 'pg_class'::regclass::oid as class, $1::oid as id, 0 as depth, null::text collate "C" as problem
    union all
    select n.class, n.id, s.depth + 1, n.problem
    from standing as s
    cross join lateral (
      select distinct case when w.oid is null then d.classid else 'pg_class'::regclass::oid end as class, coalesce(w.ev_class, d.objid) as id,
        case when w.oid is null then 'is no view'
             when w.rulename <> '_RETURN' then 'has a rule that names it'
             when c.relkind <> 'v' then 'is materialised'
             when c.relpersistence <> 'p' then 'is temporary'
             when s.depth = 0 and format('%s %s %s', a.attname, format_type(a.atttypid, a.atttypmod), a.attcollation::regcollation) <> all ($2::text[])
               then format('reads %I', a.attname)
             when not (select r.rolsuper from pg_roles as r where r.rolname = current_user) and not (
                      pg_has_role(c.relowner, 'USAGE') and has_schema_privilege(c.relnamespace, 'CREATE') and has_schema_privilege(c.relowner, c.relnamespace, 'CREATE')
                      and pg_has_role(c.relowner, case when current_setting('server_version_num')::integer < 160000 then 'MEMBER' else 'SET' end))
               then format('belongs to role %s, as whom this one may not make it', pg_get_userbyid(c.relowner))
        end as problem
      from pg_depend as d
      left join pg_rewrite as w on d.classid = 'pg_rewrite'::regclass and w.oid = d.objid
      left join pg_class as c on c.oid = w.ev_class
      left join pg_attribute as a on d.refclassid = 'pg_class'::regclass and a.attrelid = d.refobjid and a.attnum = d.refobjsubid and d.refobjsubid > 0
      where d.deptype = 'n' and w.ev_class is distinct from s.id
        and (d.refclassid = 'pg_class'::regclass and d.refobjid = s.id
             or d.refclassid = 'pg_type'::regclass and d.refobjid in (
                  select y.oid from pg_type as y left join pg_type as e on e.oid = y.typelem where s.id in (y.typrelid, e.typrelid)))
    ) as n
    where s.class = 'pg_class'::regclass and s.problem is null
  )
  select s.class, s.id, max(s.depth), min(s.problem)
  from standing as s where s.depth > 0
  group by s.class, s.id
  order by 3, 1, 2;
$$;
