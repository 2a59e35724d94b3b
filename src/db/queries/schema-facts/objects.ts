import { granted, type Listing } from "./fact.ts";

/** What else a database can have; of what an extension brought, the name alone, since the rest is the extension's version. */
export const objectListings: Readonly<Record<string, Listing>> = {
  object: (sql) => sql`
    select i.type || ' ' || i.identity as name,
           case when not exists (select from pg_catalog.pg_depend as e
                                 where e.classid = object.class and e.objid = object.oid and e.deptype = 'e') then object.said end as definition
    from (
      select 'pg_catalog.pg_cast'::regclass as class, o.oid,
             concat_ws(' ', nullif(o.castfunc, 0)::regprocedure::text, o.castcontext, o.castmethod) as said
      from pg_catalog.pg_cast as o
      union all
      select 'pg_catalog.pg_operator'::regclass, o.oid,
             concat_ws(' ', pg_get_userbyid(o.oprowner), o.oprcode::oid::regprocedure::text, o.oprcom::regoperator::text,
                       o.oprnegate::regoperator::text, o.oprrest::text, o.oprjoin::text, o.oprcanmerge, o.oprcanhash)
      from pg_catalog.pg_operator as o
      union all
      select 'pg_catalog.pg_opclass'::regclass, o.oid,
             concat_ws(' ', pg_get_userbyid(o.opcowner), format_type(o.opcintype, null), nullif(o.opckeytype, 0)::regtype::text, o.opcdefault)
      from pg_catalog.pg_opclass as o
      union all select 'pg_catalog.pg_opfamily'::regclass, o.oid, pg_get_userbyid(o.opfowner)::text from pg_catalog.pg_opfamily as o
      union all
      select 'pg_catalog.pg_collation'::regclass, o.oid,
             concat_ws(' ', pg_get_userbyid(o.collowner), o.collprovider, o.collisdeterministic, o.collcollate, o.collctype)
      from pg_catalog.pg_collation as o
      union all
      select 'pg_catalog.pg_conversion'::regclass, o.oid,
             concat_ws(' ', pg_get_userbyid(o.conowner), o.conproc::oid::regprocedure::text, o.condefault)
      from pg_catalog.pg_conversion as o
      union all
      select 'pg_catalog.pg_ts_config'::regclass, o.oid,
             concat_ws(' ', pg_get_userbyid(o.cfgowner), o.cfgparser,
                       (select string_agg(concat_ws(':', m.maptokentype, m.mapseqno, m.mapdict::regdictionary), ' ' order by m.maptokentype, m.mapseqno)
                        from pg_catalog.pg_ts_config_map as m where m.mapcfg = o.oid))
      from pg_catalog.pg_ts_config as o
      union all
      select 'pg_catalog.pg_ts_dict'::regclass, o.oid,
             concat_ws(' ', pg_get_userbyid(o.dictowner), (select t.tmplname from pg_catalog.pg_ts_template as t where t.oid = o.dicttemplate),
                       o.dictinitoption)
      from pg_catalog.pg_ts_dict as o
      union all
      select 'pg_catalog.pg_language'::regclass, o.oid,
             concat_ws(' ', pg_get_userbyid(o.lanowner), o.lanpltrusted, ${granted(sql, "l", "o.lanacl", "o.lanowner")}::text)
      from pg_catalog.pg_language as o
      union all
      select 'pg_catalog.pg_foreign_data_wrapper'::regclass, o.oid,
             concat_ws(' ', pg_get_userbyid(o.fdwowner), o.fdwoptions::text, ${granted(sql, "F", "o.fdwacl", "o.fdwowner")}::text)
      from pg_catalog.pg_foreign_data_wrapper as o
      union all
      select 'pg_catalog.pg_foreign_server'::regclass, o.oid,
             concat_ws(' ', pg_get_userbyid(o.srvowner), o.srvtype, o.srvversion, o.srvoptions::text, ${granted(sql, "S", "o.srvacl", "o.srvowner")}::text)
      from pg_catalog.pg_foreign_server as o
    ) as object
    cross join lateral pg_catalog.pg_identify_object(object.class, object.oid, 0) as i
    where object.oid >= 16384 and coalesce(i.schema, '') not in ('ssot', 'ssot_rehearsal') order by 1`,
};
