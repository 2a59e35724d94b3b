-- What else depends on the columns of a deprecation as far as PostgreSQL tracks it, and views over such views. Plain views over the view of
-- live names that do not read the columns are none: the drop makes them again.
create or replace function ssot.tracked_dependents(migration text)
returns table (code text, kind text, name text, column_name text, detail text, certainty text)
language plpgsql stable set search_path = '' set plan_cache_mode = 'force_generic_plan' as $$
declare
  about record;
  going text[];
  short_name text;
  made_again oid[];  /* the view of live names and what stands on it */
begin
  select x.* into about from ssot.deprecation(tracked_dependents.migration) as x;
  going := ssot.triggers_that_go(tracked_dependents.migration);
  short_name := (select c.relname from pg_catalog.pg_class as c where c.oid = about.tab);
  made_again := about.view_oid || array(
    select s.id from ssot.stands_on_view(about.view_oid, ssot.view_columns(about.columns)) as s where s.problem is null);
  return query
    with recursive direct as (
      select distinct d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid,
             case when a.attname = any (about.columns) then a.attname::text end as col
      from pg_catalog.pg_depend as d
      left join pg_catalog.pg_attribute as a on d.refclassid = 'pg_catalog.pg_class'::regclass and a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      left join pg_catalog.pg_rewrite as w on d.classid = 'pg_catalog.pg_rewrite'::regclass and w.oid = d.objid
      left join pg_catalog.pg_index as x on d.classid = 'pg_catalog.pg_class'::regclass and x.indexrelid = d.objid
      left join pg_catalog.pg_trigger as t on d.classid = 'pg_catalog.pg_trigger'::regclass and t.oid = d.objid
      left join pg_catalog.pg_attrdef as f on d.classid = 'pg_catalog.pg_attrdef'::regclass and f.oid = d.objid
      left join pg_catalog.pg_class as o on d.classid = 'pg_catalog.pg_class'::regclass and o.oid = d.objid
      left join pg_catalog.pg_constraint as k on d.classid = 'pg_catalog.pg_constraint'::regclass and k.oid = d.objid
      where (d.refclassid = 'pg_catalog.pg_class'::regclass
             and (d.refobjid = any (about.parts) and a.attname = any (about.columns) or d.refobjid = any (made_again))
             /* Functions and columns of such a view's own row type. */
             or d.refclassid = 'pg_catalog.pg_type'::regclass and d.deptype = 'n'
                and d.refobjid in (select y.oid from pg_catalog.pg_type as y left join pg_catalog.pg_type as e on e.oid = y.typelem
                                   where y.typrelid = any (made_again) or e.typrelid = any (made_again)))
        and not coalesce(k.contype = 'n', false)  /* PostgreSQL 18 lists NOT NULL here */
        /* Their rules go with them, but for one that names a column. */
        and not coalesce(w.ev_class = any (made_again) and (w.rulename = '_RETURN' or a.attname is null or a.attname <> all (about.columns)), false)
        and not (x.indexrelid is not null and x.indnatts = 1 and x.indpred is null and x.indexprs is null and not x.indisunique and x.indisvalid)
        and not coalesce(t.tgname = any (going) or t.tgrelid = any (made_again), false)
        and not coalesce(f.adrelid = any (made_again), false)
        and not coalesce(f.adrelid = any (about.parts) and f.adnum = d.refobjsubid, false)
        /* What a partition has of its table is told once, of the table. */
        and coalesce(t.tgparentid, 0) = 0 and coalesce(k.coninhcount, 0) = 0
        and not exists (select from pg_catalog.pg_inherits as i where i.inhrelid = x.indexrelid)
        and not coalesce(f.adrelid = any (about.parts) and f.adrelid <> about.tab, false)
        and not (d.classid = 'pg_catalog.pg_type'::regclass)
        and not coalesce(o.relkind = 't', false)
    ), found as (
      select d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, d.refobjsubid, d.col, false as through from direct as d
      union
      /* PostgreSQL tracks the next step only: what reads such a view depends on the view. */
      select d.classid, d.objid, d.objsubid, d.refclassid, d.refobjid, 0, f.col, true
      from found as f
      join pg_catalog.pg_rewrite as w on f.classid = 'pg_catalog.pg_rewrite'::regclass and w.oid = f.objid and w.rulename = '_RETURN'
      join pg_catalog.pg_depend as d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = w.ev_class
       and d.classid in ('pg_catalog.pg_rewrite'::regclass, 'pg_catalog.pg_proc'::regclass) and d.objid <> w.oid
    )
    select 'dependent',
           case when w.rulename = '_RETURN' then case r.relkind when 'm' then 'materialized view' else 'view' end
                when g.attnum is not null then 'generated column'
                else case i.type when 'table constraint' then 'constraint' when 'publication relation' then 'publication' else i.type end end,
           case when w.rulename = '_RETURN' then w.ev_class::regclass::text
                when g.attnum is not null then format('%s.%I', g.attrelid::regclass, g.attname)
                else coalesce(p.pubname::text, i.identity) end,
           f.col,
           'depends on ' || pg_describe_object(f.refclassid, f.refobjid, f.refobjsubid)
             || case when f.through then ', and through it on ' || coalesce(short_name || '.' || f.col, 'calls_with_caller_names') else '' end,
           'catalog'
    from found as f
    cross join lateral pg_identify_object(f.classid, f.objid, f.objsubid) as i
    left join pg_catalog.pg_rewrite as w on f.classid = 'pg_catalog.pg_rewrite'::regclass and w.oid = f.objid
    left join pg_catalog.pg_class as r on r.oid = w.ev_class
    left join pg_catalog.pg_attrdef as e on f.classid = 'pg_catalog.pg_attrdef'::regclass and e.oid = f.objid
    left join pg_catalog.pg_attribute as g on g.attgenerated <> ''
      and (g.attrelid = e.adrelid and g.attnum = e.adnum
           or f.classid = 'pg_catalog.pg_class'::regclass and g.attrelid = f.objid and g.attnum = f.objsubid)
    left join pg_catalog.pg_publication_rel as pr on f.classid = 'pg_catalog.pg_publication_rel'::regclass and pr.oid = f.objid
    left join pg_catalog.pg_publication as p on p.oid = pr.prpubid
    order by 3, 4, 5;
end
$$;
