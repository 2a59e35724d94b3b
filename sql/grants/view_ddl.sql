-- Everything that makes a view again: definition, options, owner, defaults, comments, rules, triggers, grants.
create or replace function ssot.view_ddl(relation regclass) returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select format('create view %s%s as %s', relation,
                coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', ''), pg_get_viewdef(c.oid))
    || format(' alter view %s owner to %I;', relation, pg_get_userbyid(c.relowner))
    || case when obj_description(c.oid, 'pg_class') is null then '' else
         format(' comment on view %s is %L;', relation, obj_description(c.oid, 'pg_class')) end
    || coalesce((select string_agg(format(' alter view %s alter column %I set default %s;', relation, a.attname, pg_get_expr(d.adbin, d.adrelid)), '' order by a.attnum)
                 from pg_catalog.pg_attrdef as d join pg_catalog.pg_attribute as a on a.attrelid = d.adrelid and a.attnum = d.adnum
                 where d.adrelid = c.oid), '')
    || coalesce((select string_agg(format(' comment on column %s.%I is %L;', relation, a.attname, col_description(c.oid, a.attnum)), '' order by a.attnum)
                 from pg_catalog.pg_attribute as a where a.attrelid = c.oid and a.attnum > 0 and col_description(c.oid, a.attnum) is not null), '')
    || coalesce((select string_agg(' ' || rtrim(pg_get_ruledef(w.oid), ';') || ';', '' order by w.rulename)
                 from pg_catalog.pg_rewrite as w where w.ev_class = c.oid and w.rulename <> '_RETURN'), '')
    || coalesce((select string_agg(' ' || pg_get_triggerdef(t.oid) || ';', '' order by t.tgname)
                 from pg_catalog.pg_trigger as t where t.tgrelid = c.oid and not t.tgisinternal), '')
    || format(' select ssot.set_grants(%L::regclass, %L::jsonb);', relation, ssot.grants_of(relation))
  from pg_catalog.pg_class as c where c.oid = relation;
$$;
