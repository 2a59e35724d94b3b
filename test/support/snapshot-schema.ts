import { covered, type ListObjects, privileges } from "./snapshot-data.ts";

/** The kinds of object that are no part of a table, one statement each. */
export const schemaKinds: Readonly<Record<string, ListObjects>> = {
  setting: ({ sql }) => sql`
    select case s.setrole when 0 then null else pg_get_userbyid(s.setrole)::text end collate "C" as role, s.setconfig as settings
    from pg_catalog.pg_db_role_setting as s
    join pg_catalog.pg_database as d on d.oid = s.setdatabase
    where d.datname = current_database()
    order by role`,

  schema: (snapshotter) => snapshotter.sql`
    select n.nspname as name, pg_get_userbyid(n.nspowner) as owner,
      ${privileges(snapshotter, "n", "n.nspacl", "n.nspowner")} as privileges
    from pg_catalog.pg_namespace as n
    where ${covered(snapshotter)}
    order by n.nspname collate "C"`,

  extension: ({ sql }) => sql`
    select e.extname as name, e.extversion as version, e.extnamespace::regnamespace::text collate "C" as schema
    from pg_catalog.pg_extension as e
    order by e.extname collate "C"`,

  function: (snapshotter) => snapshotter.sql`
    select p.oid::regprocedure::text collate "C" as name, pg_get_userbyid(p.proowner) as owner,
      case p.prokind when 'a' then concat_ws(' ', pg_get_function_result(p.oid), a.aggtransfn::text, a.aggfinalfn::text,
        a.aggcombinefn::text, format_type(a.aggtranstype, null), a.agginitval, a.aggsortop::regoper::text)
        else pg_get_functiondef(p.oid) end as definition,
      ${privileges(snapshotter, "f", "p.proacl", "p.proowner")} as privileges
    from pg_catalog.pg_proc as p
    join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    left join pg_catalog.pg_aggregate as a on a.aggfnoid = p.oid
    where ${covered(snapshotter)}
    order by name`,

  type: (snapshotter) => snapshotter.sql`
    select t.oid::regtype::text collate "C" as name, t.typtype::text as kind, pg_get_userbyid(t.typowner) as owner,
      array(select e.enumlabel::text from pg_catalog.pg_enum as e
        where e.enumtypid = t.oid order by e.enumsortorder) as labels,
      case t.typtype when 'd' then format_type(t.typbasetype, t.typtypmod) end as base, t.typnotnull as not_null,
      t.typdefault as default, t.typcollation::regcollation::text as collation,
      array(select concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
          nullif(a.attcollation, 0)::regcollation::text)
        from pg_catalog.pg_attribute as a where t.typtype = 'c' and a.attrelid = t.typrelid and a.attnum > 0
          and not a.attisdropped order by a.attnum) as attributes,
      format_type(r.rngsubtype, null) as range_of,
      ${privileges(snapshotter, "T", "t.typacl", "t.typowner")} as privileges
    from pg_catalog.pg_type as t
    join pg_catalog.pg_namespace as n on n.oid = t.typnamespace
    left join pg_catalog.pg_class as c on c.oid = t.typrelid
    left join pg_catalog.pg_range as r on r.rngtypid = t.oid
    where (c.oid is null or c.relkind = 'c') and not exists (
        select from pg_catalog.pg_type as e where e.typarray = t.oid)
      and ${covered(snapshotter)}
    order by name`,

  "default privilege": ({ sql, ignored }) => sql`
    select pg_get_userbyid(d.defaclrole)::text collate "C" as role, d.defaclnamespace::regnamespace::text collate "C" as schema,
      d.defaclobjtype::text collate "C" as kind,
      array(select p.line from unnest(d.defaclacl::text[]) as p (line) order by p.line collate "C") as privileges
    from pg_catalog.pg_default_acl as d
    where not exists (select from pg_catalog.pg_namespace as n
      where n.oid = d.defaclnamespace and n.nspname = any (${ignored}::text[]))
    order by role, schema, kind`,

  "event trigger": ({ sql }) => sql`
    select t.evtname as name, t.evtevent as event, t.evtenabled::text as enabled, t.evtfoid::regprocedure::text as function,
      t.evttags as tags, pg_get_userbyid(t.evtowner) as owner
    from pg_catalog.pg_event_trigger as t
    order by t.evtname collate "C"`,

  publication: ({ sql }) => sql`
    select p.pubname as name, pg_get_userbyid(p.pubowner) as owner, p.puballtables as all_tables,
      concat_ws(' ', p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate, p.pubviaroot) as publishes,
      array(select concat_ws(' ', t.schemaname, t.tablename, (select array_agg(c.name order by c.name collate "C") from unnest(t.attnames) as c(name))::text, t.rowfilter)
        from pg_catalog.pg_publication_tables as t where t.pubname = p.pubname
        order by t.schemaname collate "C", t.tablename collate "C") as tables
    from pg_catalog.pg_publication as p
    order by p.pubname collate "C"`,

  comment: (snapshotter) => snapshotter.sql`
    select i.type, i.identity, d.description as text
    from pg_catalog.pg_description as d
    cross join lateral pg_catalog.pg_identify_object(d.classoid, d.objoid, d.objsubid) as i
    cross join lateral pg_catalog.pg_identify_object_as_address(d.classoid, d.objoid, d.objsubid) as o
    where (d.objoid >= 16384 or (i.type = 'schema' and i.identity = 'public'))
      and coalesce(i.schema, o.object_names[1]) <> all (${snapshotter.ignored}::text[])
    order by i.type collate "C", i.identity collate "C"`,

  "other object": (snapshotter) => snapshotter.sql`
    select i.type, i.identity
    from (
      select 'pg_catalog.pg_cast'::regclass as class, o.oid from pg_catalog.pg_cast as o
      union all select 'pg_catalog.pg_operator'::regclass, o.oid from pg_catalog.pg_operator as o
      union all select 'pg_catalog.pg_opclass'::regclass, o.oid from pg_catalog.pg_opclass as o
      union all select 'pg_catalog.pg_opfamily'::regclass, o.oid from pg_catalog.pg_opfamily as o
      union all select 'pg_catalog.pg_collation'::regclass, o.oid from pg_catalog.pg_collation as o
      union all select 'pg_catalog.pg_conversion'::regclass, o.oid from pg_catalog.pg_conversion as o
      union all select 'pg_catalog.pg_ts_config'::regclass, o.oid from pg_catalog.pg_ts_config as o
      union all select 'pg_catalog.pg_ts_dict'::regclass, o.oid from pg_catalog.pg_ts_dict as o
      union all select 'pg_catalog.pg_language'::regclass, o.oid from pg_catalog.pg_language as o
      union all select 'pg_catalog.pg_foreign_data_wrapper'::regclass, o.oid from pg_catalog.pg_foreign_data_wrapper as o
      union all select 'pg_catalog.pg_foreign_server'::regclass, o.oid from pg_catalog.pg_foreign_server as o
      union all select 'pg_catalog.pg_user_mapping'::regclass, o.oid from pg_catalog.pg_user_mapping as o
    ) as object
    cross join lateral pg_catalog.pg_identify_object(object.class, object.oid, 0) as i
    where object.oid >= 16384 and coalesce(i.schema, '') <> all (${snapshotter.ignored}::text[])
    order by i.type collate "C", i.identity collate "C"`,
};
