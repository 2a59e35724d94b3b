import { covered, type ListObjects, privileges } from "./snapshot-data.ts";

/** Tables, views and all that hangs on them, one statement each. */
export const relationKinds: Readonly<Record<string, ListObjects>> = {
  relation: (snapshotter) => snapshotter.sql`
    select c.oid::regclass::text collate "C" as name, c.relkind::text as kind, pg_get_userbyid(c.relowner) as owner,
      c.relpersistence::text as persistence, m.amname as access_method, c.relreplident::text as replica_identity,
      c.relrowsecurity as row_security, c.relforcerowsecurity as force_row_security, c.relispopulated as populated,
      (select array_agg(o.line order by o.line collate "C") from unnest(c.reloptions) as o (line)) as options,
      (select array_agg(o.line order by o.line collate "C") from unnest(t.reloptions) as o (line)) as toast_options,
      nullif(c.reloftype, 0)::regtype::text as of_type, pg_get_partkeydef(c.oid) as partition_key,
      pg_get_expr(c.relpartbound, c.oid) as partition_bound,
      array(select i.inhparent::regclass::text from pg_catalog.pg_inherits as i
        where i.inhrelid = c.oid order by i.inhseqno) as parents,
      case c.relkind when 'S' then ${privileges(snapshotter, "s", "c.relacl", "c.relowner")}
        else ${privileges(snapshotter, "r", "c.relacl", "c.relowner")} end as privileges
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    left join pg_catalog.pg_am as m on m.oid = c.relam
    left join pg_catalog.pg_class as t on t.oid = c.reltoastrelid
    where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and ${covered(snapshotter)}
    order by name`,

  column: (snapshotter) => snapshotter.sql`
    select c.oid::regclass::text collate "C" as relation, a.attname as name, format_type(a.atttypid, a.atttypmod) as type,
      a.attnotnull as not_null, pg_get_expr(d.adbin, d.adrelid) as default, a.attgenerated::text as generated,
      a.attidentity::text as identity, nullif(a.attcollation, 0)::regcollation::text as collation,
      a.attstorage::text as storage, a.attcompression::text as compression,
      nullif(a.attstattarget, -1) as statistics_target, a.attoptions as options, a.attfdwoptions as foreign_options,
      a.attislocal as local, a.attinhcount as inherited,
      ${privileges(snapshotter, "c", "a.attacl", "c.relowner")} as privileges
    from pg_catalog.pg_attribute as a
    join pg_catalog.pg_class as c on c.oid = a.attrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f') and ${covered(snapshotter)}
    order by relation, a.attname collate "C"`,

  constraint: (snapshotter) => snapshotter.sql`
    select coalesce(nullif(k.conrelid, 0)::regclass::text, nullif(k.contypid, 0)::regtype::text) collate "C" as owner,
      k.conname as name, k.contype::text as kind, pg_get_constraintdef(k.oid) collate "C" as definition, k.convalidated as validated,
      k.conislocal as local, k.coninhcount as inherited
    from pg_catalog.pg_constraint as k
    join pg_catalog.pg_namespace as n on n.oid = k.connamespace
    where ${covered(snapshotter)}
    order by owner, k.conname collate "C", definition`,

  index: (snapshotter) => snapshotter.sql`
    select c.oid::regclass::text collate "C" as name, pg_get_indexdef(i.indexrelid) as definition, i.indisvalid as valid,
      i.indisready as ready, i.indisclustered as clustered, i.indisreplident as replica_identity,
      array(select concat_ws(' ', a.attnum, a.attstattarget) from pg_catalog.pg_attribute as a
        where a.attrelid = c.oid and a.attstattarget >= 0 order by a.attnum) as statistics_targets
    from pg_catalog.pg_index as i
    join pg_catalog.pg_class as c on c.oid = i.indexrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where ${covered(snapshotter)}
    order by name`,

  statistics: (snapshotter) => snapshotter.sql`
    select pg_get_statisticsobjdef(s.oid) collate "C" as definition, pg_get_userbyid(s.stxowner) as owner,
      nullif(s.stxstattarget, -1) as target
    from pg_catalog.pg_statistic_ext as s
    join pg_catalog.pg_namespace as n on n.oid = s.stxnamespace
    where ${covered(snapshotter)}
    order by definition`,

  trigger: (snapshotter) => snapshotter.sql`
    select c.oid::regclass::text collate "C" as relation, t.tgname as name, pg_get_triggerdef(t.oid) as definition,
      t.tgenabled::text as enabled
    from pg_catalog.pg_trigger as t
    join pg_catalog.pg_class as c on c.oid = t.tgrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where not t.tgisinternal and ${covered(snapshotter)}
    order by relation, t.tgname collate "C"`,

  "foreign key trigger": (snapshotter) => snapshotter.sql`
    select c.oid::regclass::text collate "C" as relation, k.conname as constraint, t.tgfoid::regproc::text collate "C" as function,
      t.tgenabled::text as enabled
    from pg_catalog.pg_trigger as t
    join pg_catalog.pg_class as c on c.oid = t.tgrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    join pg_catalog.pg_constraint as k on k.oid = t.tgconstraint
    where t.tgisinternal and ${covered(snapshotter)}
    order by relation, k.conname collate "C", function`,

  rule: (snapshotter) => snapshotter.sql`
    select c.oid::regclass::text collate "C" as relation, r.rulename as name, pg_get_ruledef(r.oid) as definition,
      r.ev_enabled::text as enabled
    from pg_catalog.pg_rewrite as r
    join pg_catalog.pg_class as c on c.oid = r.ev_class
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where r.rulename <> '_RETURN' and ${covered(snapshotter)}
    order by relation, r.rulename collate "C"`,

  view: (snapshotter) => snapshotter.sql`
    select c.oid::regclass::text collate "C" as name, pg_get_viewdef(c.oid) as definition
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('v', 'm') and ${covered(snapshotter)}
    order by name`,

  sequence: (snapshotter) => snapshotter.sql`
    select c.oid::regclass::text collate "C" as name, format_type(s.seqtypid, null) as type, s.seqstart as start,
      s.seqincrement as increment, s.seqmin as min, s.seqmax as max, s.seqcache as cache, s.seqcycle as cycle,
      -- Those of the witness hold the state of a transaction, which no rollback takes back.
      case when c.oid::regclass::text !~ '^ssot[.](audited_rows|traced_[0-9]+)$' then pg_sequence_last_value(c.oid::regclass) end as last_value,
      (select o.identity from pg_catalog.pg_depend as d
        cross join lateral pg_catalog.pg_identify_object(d.refclassid, d.refobjid, d.refobjsubid) as o
        where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i')
          and d.refobjsubid > 0) as owned_by
    from pg_catalog.pg_sequence as s
    join pg_catalog.pg_class as c on c.oid = s.seqrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where ${covered(snapshotter)}
    order by name`,

  policy: (snapshotter) => snapshotter.sql`
    select c.oid::regclass::text collate "C" as relation, p.polname as name, p.polcmd::text as command, p.polpermissive as permissive,
      array(select coalesce(r.rolname::text, 'public') from unnest(p.polroles) as i (role)
        left join pg_catalog.pg_roles as r on r.oid = i.role
        order by coalesce(r.rolname::text, 'public') collate "C") as roles,
      pg_get_expr(p.polqual, p.polrelid) as using, pg_get_expr(p.polwithcheck, p.polrelid) as with_check
    from pg_catalog.pg_policy as p
    join pg_catalog.pg_class as c on c.oid = p.polrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where ${covered(snapshotter)}
    order by relation, p.polname collate "C"`,
};
