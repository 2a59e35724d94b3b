import { granted, type Listing, ofUsers } from "./fact.ts";

/** Tables, views, sequences, and all that hangs on them. */
export const listingsOfTables: Readonly<Record<string, Listing>> = {
  table: (sql) => sql`
    select c.oid::regclass::text as name, c.relkind as relkind, pg_get_userbyid(c.relowner) as owner, c.relpersistence as persistence,
           m.amname as method, s.spcname as tablespace, c.relreplident as identity, c.relrowsecurity as secured,
           c.relforcerowsecurity as forced, c.relispopulated as populated, pg_get_partkeydef(c.oid) as partitioned,
           pg_get_expr(c.relpartbound, c.oid) as bound, nullif(c.reloftype, 0)::regtype::text as of_type,
           array(select o.line from unnest(c.reloptions) as o(line) order by o.line) as options,
           array(select o.line from unnest(t.reloptions) as o(line) order by o.line) as toast,
           array(select i.inhparent::regclass::text from pg_catalog.pg_inherits as i where i.inhrelid = c.oid order by i.inhseqno) as parents,
           case c.relkind when 'S' then ${granted(sql, "s", "c.relacl", "c.relowner")} else ${granted(sql, "r", "c.relacl", "c.relowner")} end as privileges
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    left join pg_catalog.pg_am as m on m.oid = c.relam
    left join pg_catalog.pg_class as t on t.oid = c.reltoastrelid
    left join pg_catalog.pg_tablespace as s on s.oid = c.reltablespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S') and ${ofUsers(sql)} order by 1`,

  column: (sql) => sql`
    select format('%s.%I', c.oid::regclass, a.attname) as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as strict,
           pg_get_expr(d.adbin, d.adrelid) as value, a.attgenerated as generated, a.attidentity as identity,
           nullif(a.attcollation, 0)::regcollation::text as collation, a.attstorage as storage, a.attcompression as compression,
           nullif(a.attstattarget, -1) as statistics, a.attoptions::text as options, a.attfdwoptions::text as foreign_options,
           a.attislocal as local, a.attinhcount as inherited, ${granted(sql, "c", "a.attacl", "c.relowner")} as privileges
    from pg_catalog.pg_attribute as a join pg_catalog.pg_class as c on c.oid = a.attrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attnum > 0 and not a.attisdropped and c.relkind in ('r', 'p', 'v', 'm', 'f') and ${ofUsers(sql)} order by 1`,

  // NOT NULL is said of the column; PostgreSQL 18 has it here as well.
  constraint: (sql) => sql`
    select format('%s.%I', coalesce(nullif(k.conrelid, 0)::regclass::text, nullif(k.contypid, 0)::regtype::text), k.conname) as name,
           pg_get_constraintdef(k.oid) as definition, k.convalidated as validated, k.conislocal as local, k.coninhcount as inherited
    from pg_catalog.pg_constraint as k join pg_catalog.pg_namespace as n on n.oid = k.connamespace
    where ${ofUsers(sql)} order by 1`,

  index: (sql) => sql`
    select c.oid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition, i.indisvalid as valid, i.indisready as ready,
           i.indisclustered as clustered, i.indisreplident as identity, s.spcname as tablespace,
           array(select a.attnum || ' ' || a.attstattarget from pg_catalog.pg_attribute as a
                 where a.attrelid = c.oid and a.attstattarget >= 0 order by a.attnum) as statistics
    from pg_catalog.pg_index as i join pg_catalog.pg_class as c on c.oid = i.indexrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    left join pg_catalog.pg_tablespace as s on s.oid = c.reltablespace
    where ${ofUsers(sql)} order by 1`,

  statistics: (sql) => sql`
    select format('%I.%I', n.nspname, s.stxname) as name, pg_get_statisticsobjdef(s.oid) as definition,
           pg_get_userbyid(s.stxowner) as owner, nullif(s.stxstattarget, -1) as target
    from pg_catalog.pg_statistic_ext as s join pg_catalog.pg_namespace as n on n.oid = s.stxnamespace
    where ${ofUsers(sql)} order by 1`,

  trigger: (sql) => sql`
    select format('%s.%I', c.oid::regclass, case when t.tgisinternal then k.conname else t.tgname end) as name,
           case when t.tgisinternal then t.tgfoid::regproc::text else pg_get_triggerdef(t.oid) end as definition,
           t.tgisinternal as of_key, t.tgenabled as enabled
    from pg_catalog.pg_trigger as t join pg_catalog.pg_class as c on c.oid = t.tgrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    left join pg_catalog.pg_constraint as k on k.oid = t.tgconstraint
    where (not t.tgisinternal or k.oid is not null) and ${ofUsers(sql)} order by 1, 2`,

  rule: (sql) => sql`
    select format('%s.%I', c.oid::regclass, r.rulename) as name, pg_get_ruledef(r.oid) as definition, r.ev_enabled as enabled
    from pg_catalog.pg_rewrite as r join pg_catalog.pg_class as c on c.oid = r.ev_class
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where r.rulename <> '_RETURN' and ${ofUsers(sql)} order by 1`,

  view: (sql) => sql`
    select c.oid::regclass::text as name, pg_get_viewdef(c.oid) as definition
    from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where c.relkind in ('v', 'm') and ${ofUsers(sql)} order by 1`,

  sequence: (sql) => sql`
    select c.oid::regclass::text as name, format_type(s.seqtypid, null) as type, s.seqstart as first, s.seqincrement as step,
           s.seqmin as least, s.seqmax as most, s.seqcache as cache, s.seqcycle as cycle,
           (select o.identity from pg_catalog.pg_depend as d
            cross join lateral pg_catalog.pg_identify_object(d.refclassid, d.refobjid, d.refobjsubid) as o
            where d.classid = 'pg_catalog.pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i') and d.refobjsubid > 0) as owned_by
    from pg_catalog.pg_sequence as s join pg_catalog.pg_class as c on c.oid = s.seqrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where ${ofUsers(sql)} order by 1`,

  policy: (sql) => sql`
    select format('%s.%I', c.oid::regclass, p.polname) as name, p.polcmd as command, p.polpermissive as permissive,
           array(select case u.role when 0 then 'public' else pg_get_userbyid(u.role)::text end from unnest(p.polroles) as u(role) order by 1) as roles,
           pg_get_expr(p.polqual, p.polrelid) as reads, pg_get_expr(p.polwithcheck, p.polrelid) as writes
    from pg_catalog.pg_policy as p join pg_catalog.pg_class as c on c.oid = p.polrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where ${ofUsers(sql)} order by 1`,
};
