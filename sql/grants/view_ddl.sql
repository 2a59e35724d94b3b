-- Everything that makes a view again: definition, options, owner, defaults, comments, rules, triggers, grants. "definition": what it
-- shall show instead. "gone": columns of now that it will not have; what hangs on them is left out.
create or replace function ssot.view_ddl(relation regclass, definition text default null, gone text[] default '{}') returns text
language sql stable set search_path = pg_catalog, pg_temp as $$
  select format('create view %s%s as %s;', relation,
                coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', ''), rtrim(coalesce(definition, pg_get_viewdef(c.oid)), '; '))
    || format(' alter view %s owner to %I;', relation, pg_get_userbyid(c.relowner))
    || case when obj_description(c.oid, 'pg_class') is null then '' else
         format(' comment on view %s is %L;', relation, obj_description(c.oid, 'pg_class')) end
    || coalesce((select string_agg(s.statement, '' order by s.attnum, s.statement) from ssot.view_column_ddl(relation) as s where s.name <> all (gone)), '')
    || coalesce((select string_agg(' ' || rtrim(pg_get_ruledef(w.oid), ';') || ';' || case when obj_description(w.oid, 'pg_rewrite') is null then '' else
                   format(' comment on rule %I on %s is %L;', w.rulename, relation, obj_description(w.oid, 'pg_rewrite')) end, '' order by w.rulename)
                 from pg_catalog.pg_rewrite as w where w.ev_class = c.oid and w.rulename <> '_RETURN'), '')
    || coalesce((select string_agg(' ' || pg_get_triggerdef(t.oid) || ';' || case when obj_description(t.oid, 'pg_trigger') is null then '' else
                   format(' comment on trigger %I on %s is %L;', t.tgname, relation, obj_description(t.oid, 'pg_trigger')) end, '' order by t.tgname)
                 from pg_catalog.pg_trigger as t where t.tgrelid = c.oid and not t.tgisinternal), '')
    || format(' select ssot.set_grants(%L::regclass, %L::jsonb);', relation, ssot.grants_of(relation))
  from pg_catalog.pg_class as c where c.oid = relation;
$$;
