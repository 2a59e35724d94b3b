import { granted, type Listing, ofNoExtension, ofUsers } from "./fact.ts";

/** What is no part of a table. */
export const otherListings: Readonly<Record<string, Listing>> = {
  setting: (sql) => sql`
    select case s.setrole when 0 then 'of all roles' else pg_get_userbyid(s.setrole)::text end as name, s.setconfig as settings
    from pg_catalog.pg_db_role_setting as s join pg_catalog.pg_database as d on d.oid = s.setdatabase
    where d.datname = current_database() order by 1`,

  schema: (sql) => sql`
    select n.nspname::text as name, pg_get_userbyid(n.nspowner) as owner, ${granted(sql, "n", "n.nspacl", "n.nspowner")} as privileges
    from pg_catalog.pg_namespace as n where ${ofUsers(sql)} order by 1`,

  extension: (sql) => sql`
    select e.extname::text as name, e.extversion as version, e.extnamespace::regnamespace::text as schema
    from pg_catalog.pg_extension as e order by 1`,

  routine: (sql) => sql`
    select p.oid::regprocedure::text as name, pg_get_userbyid(p.proowner) as owner,
           case p.prokind when 'a' then concat_ws(' ', pg_get_function_result(p.oid), a.aggtransfn::text, a.aggfinalfn::text,
             a.aggcombinefn::text, format_type(a.aggtranstype, null), a.agginitval, a.aggsortop::regoper::text)
           else pg_get_functiondef(p.oid) end as definition, ${granted(sql, "f", "p.proacl", "p.proowner")} as privileges
    from pg_catalog.pg_proc as p join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    left join pg_catalog.pg_aggregate as a on a.aggfnoid = p.oid
    where ${ofUsers(sql)} and ${ofNoExtension(sql, "pg_catalog.pg_proc", "p.oid")} order by 1`,

  type: (sql) => sql`
    select t.oid::regtype::text as name, t.typtype as typtype, pg_get_userbyid(t.typowner) as owner,
           array(select e.enumlabel::text from pg_catalog.pg_enum as e where e.enumtypid = t.oid order by e.enumsortorder) as labels,
           case t.typtype when 'd' then format_type(t.typbasetype, t.typtypmod) end as base, t.typnotnull as strict,
           t.typdefault as value, nullif(t.typcollation, 0)::regcollation::text as collation,
           array(select concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), nullif(a.attcollation, 0)::regcollation::text)
                 from pg_catalog.pg_attribute as a
                 where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped order by a.attnum) as attributes,
           format_type(r.rngsubtype, null) as range_of, ${granted(sql, "T", "t.typacl", "t.typowner")} as privileges
    from pg_catalog.pg_type as t join pg_catalog.pg_namespace as n on n.oid = t.typnamespace
    left join pg_catalog.pg_class as c on c.oid = t.typrelid
    left join pg_catalog.pg_range as r on r.rngtypid = t.oid
    where (c.oid is null or c.relkind = 'c') and not exists (select from pg_catalog.pg_type as e where e.typarray = t.oid)
      and ${ofUsers(sql)} and ${ofNoExtension(sql, "pg_catalog.pg_type", "t.oid")} order by 1`,

  "default privilege": (sql) => sql`
    select concat_ws(' ', pg_get_userbyid(d.defaclrole), nullif(d.defaclnamespace, 0)::regnamespace::text, d.defaclobjtype) as name,
           array(select p.line from unnest(d.defaclacl::text[]) as p(line) order by 1) as privileges
    from pg_catalog.pg_default_acl as d
    where not exists (select from pg_catalog.pg_namespace as n where n.oid = d.defaclnamespace and not (${ofUsers(sql)})) order by 1`,

  "event trigger": (sql) => sql`
    select t.evtname::text as name, t.evtevent as event, t.evtenabled as enabled, t.evtfoid::regprocedure::text as routine,
           t.evttags as tags, pg_get_userbyid(t.evtowner) as owner
    from pg_catalog.pg_event_trigger as t order by 1`,

  publication: (sql) => sql`
    select p.pubname::text as name, pg_get_userbyid(p.pubowner) as owner, p.puballtables as all_tables,
           concat_ws(' ', p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate, p.pubviaroot) as publishes,
           array(select concat_ws(' ', t.schemaname, t.tablename, t.rowfilter,
                   (select string_agg(c.name, ',' order by c.name) from unnest(t.attnames) as c(name)))
                 from pg_catalog.pg_publication_tables as t
                 where t.pubname = p.pubname and t.schemaname not in ('ssot', 'ssot_rehearsal') order by 1) as tables
    from pg_catalog.pg_publication as p order by 1`,

  comment: (sql) => sql`
    select i.type || ' ' || i.identity as name, d.description as said
    from pg_catalog.pg_description as d
    cross join lateral pg_catalog.pg_identify_object(d.classoid, d.objoid, d.objsubid) as i
    cross join lateral pg_catalog.pg_identify_object_as_address(d.classoid, d.objoid, d.objsubid) as o
    where (d.objoid >= 16384 or i.type = 'schema' and i.identity = 'public')
      and coalesce(i.schema, o.object_names[1], '') not in ('ssot', 'ssot_rehearsal') order by 1`,
};
