import type { Sql } from "postgres";
import { missionWitness } from "../../model/mission.ts";
import { missionTables, touchedBy, touchedTables, usedTypes } from "./touched-tables.ts";

// Volatile, and harmless in an expression.
const harmless =
  "(nextval|random|gen_random_uuid|gen_random_bytes|uuid_generate_v[0-9a-z]+|uuidv[47]|clock_timestamp|timeofday)";

/** Code of somebody that changed rows would run, with our rights. */
export interface ForeignCode {
  /** Which code, what runs it, and whose it is: `trigger stamp on contacts calls public.stamp(), which belongs to role ann`. */
  readonly what: string;
  readonly owner: string;
}

/**
 * Code that a run would have to call and that belongs to nobody trusted: triggers, CHECKs, domains, defaults, generated columns, indexes
 * and rules of the tables whose rows it changes (without `tables` calls and contacts), those that reference contacts and those that
 * follow them, and event triggers. Trusted are superusers,
 * the owners of calls, contacts and the database, ourselves and roles that were granted to us, `trusted`, and extensions of all these.
 * - An expression of somebody's that calls what does more than compute counts, whoever made that: PostgreSQL itself runs SQL that it is given.
 * - What a routine calls in turn cannot be seen; but where some of it has no search path of its own, what others put into the schemas where it
 *   would look counts, if it has a name that may be meant.
 * - So does what has a name that a migration gives.
 */
export async function listForeignCode(
  sql: Sql,
  trusted: readonly string[],
  tables: readonly string[] = missionTables,
): Promise<readonly ForeignCode[]> {
  const roots = "array(select to_regclass(r.name)::oid from unnest($2::text[]) as r(name))";
  const owned = `select c.relowner from pg_catalog.pg_class as c where c.oid = any (${roots})`;
  return sql.unsafe<ForeignCode[]>(ask(touchedBy(roots), `r.rolname = any ($1::text[]) or r.oid in (${owned})`), [
    [...trusted],
    [...tables],
  ]);
}

/**
 * Rows of ForeignCode, without parameters, for exported SQL: `isNamed` says which roles `r` are trusted besides; of migrations that are
 * not the mission's event triggers and names alone.
 */
export function foreignCodeQuery(isNamed: string, mission: boolean): string {
  return ask(mission ? touchedTables : touchedBy("'{}'::oid[]"), isNamed);
}

/**
 * Of a recursive WITH: `trusted`, the roles whose code may be run. A membership that only administers (PostgreSQL 16 gives it to
 * whoever creates a role) makes nobody trusted.
 */
export function trustedRoles(isNamed: string): string {
  return `
  mine(oid) as (
    select r.oid from pg_catalog.pg_roles as r where r.rolname = current_user
    union select m.roleid from mine join pg_catalog.pg_auth_members as m on m.member = mine.oid
    where coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, true) or coalesce((to_jsonb(m) ->> 'set_option')::boolean, true)
  ), trusted(oid) as (
    select r.oid from pg_catalog.pg_roles as r where r.rolsuper or ${isNamed}
    union select m.oid from mine as m
    union select t.relowner from pg_catalog.pg_class as t where t.oid in (to_regclass('public.calls'), to_regclass('public.contacts'))
    union select b.datdba from pg_catalog.pg_database as b where b.datname = current_database()
  )`;
}

// Functions and operators that belong to nobody trusted. Whoever owns an extension may add functions of his own to it, but none in C.
function suspectsOf(isNamed: string): string {
  return `${trustedRoles(isNamed)}, suspect(oid, owner) as materialized (
    select p.oid, p.proowner
    from pg_catalog.pg_proc as p join pg_catalog.pg_language as l on l.oid = p.prolang
    where p.proowner not in (table trusted)
      and not exists (
        select from pg_catalog.pg_depend as e join pg_catalog.pg_extension as x on x.oid = e.refobjid
        where e.classid = 'pg_catalog.pg_proc'::regclass and e.objid = p.oid and e.refclassid = 'pg_catalog.pg_extension'::regclass
          and e.deptype = 'e' and (x.extowner in (table trusted) or l.lanname in ('c', 'internal')))
  ), suspect_operator(oid, owner) as materialized (
    select o.oid, o.oprowner
    from pg_catalog.pg_operator as o
    where o.oprowner not in (table trusted)
      and not exists (
        select from pg_catalog.pg_depend as e join pg_catalog.pg_extension as x on x.oid = e.refobjid
        where e.classid = 'pg_catalog.pg_operator'::regclass and e.objid = o.oid and e.deptype = 'e' and x.extowner in (table trusted))
  )`;
}

function ask(touched: string, isNamed: string): string {
  return `
  with recursive ${suspectsOf(isNamed)}, ${touched}, on_table(classid, objid, object, author, expression) as (
    select 'pg_catalog.pg_trigger'::regclass::oid, t.oid, format('trigger %I on %s', t.tgname, t.tgrelid::regclass), c.relowner, t.tgqual::text
    from pg_catalog.pg_trigger as t join pg_catalog.pg_class as c on c.oid = t.tgrelid
    where t.tgrelid in (table touched) and not t.tgisinternal and t.tgenabled <> 'D' and t.tgparentid = 0
      and (t.tgtype & case when t.tgrelid = to_regclass('public.contacts') then 28 else 16 end) <> 0
    union all select 'pg_catalog.pg_constraint'::regclass, k.oid, format('constraint %I on %s', k.conname, k.conrelid::regclass), c.relowner, k.conbin::text
    from pg_catalog.pg_constraint as k join pg_catalog.pg_class as c on c.oid = k.conrelid
    where k.conparentid = 0 and k.conrelid in (table touched)
    union all select 'pg_catalog.pg_attrdef'::regclass, d.oid,
      format('%s of column %I of %s', case a.attgenerated when '' then 'default' else 'expression' end, a.attname, d.adrelid::regclass),
      c.relowner, d.adbin::text
    from pg_catalog.pg_attrdef as d
    join pg_catalog.pg_attribute as a on a.attrelid = d.adrelid and a.attnum = d.adnum
    join pg_catalog.pg_class as c on c.oid = d.adrelid
    where d.adrelid in (table touched)
    union all select 'pg_catalog.pg_class'::regclass, x.indexrelid, format('index %s on %s', x.indexrelid::regclass, x.indrelid::regclass),
      c.relowner, concat(x.indexprs, x.indpred)
    from pg_catalog.pg_index as x join pg_catalog.pg_class as c on c.oid = x.indrelid where x.indrelid in (table touched)
    union all select 'pg_catalog.pg_rewrite'::regclass, w.oid, format('rule %I on %s', w.rulename, w.ev_class::regclass),
      c.relowner, concat(w.ev_qual, w.ev_action)
    from pg_catalog.pg_rewrite as w join pg_catalog.pg_class as c on c.oid = w.ev_class
    where w.ev_class in (table touched) and w.ev_type <> '1' and w.ev_enabled <> 'D'
    union all select 'pg_catalog.pg_event_trigger'::regclass, v.oid, format('event trigger %I', v.evtname), v.evtowner, null
    from pg_catalog.pg_event_trigger as v where v.evtenabled <> 'D' and v.evtevent <> 'login'
  ), ${usedTypes}, code as (
    select * from on_table
    union all select 'pg_catalog.pg_constraint'::regclass, k.oid, format('constraint %I on %s', k.conname, k.contypid::regtype), t.typowner, k.conbin::text
    from used_type as u join pg_catalog.pg_type as t on t.oid = u.oid join pg_catalog.pg_constraint as k on k.contypid = u.oid
    union all select 'pg_catalog.pg_type'::regclass, u.oid, format('default of domain %s', u.oid::regtype), t.typowner, t.typdefaultbin::text
    from used_type as u join pg_catalog.pg_type as t on t.oid = u.oid
  ), loose(object) as (
    select c.object
    from code as c
    join pg_catalog.pg_depend as d on d.classid = c.classid and d.objid = c.objid and d.refclassid = 'pg_catalog.pg_proc'::regclass
    join pg_catalog.pg_proc as p on p.oid = d.refobjid
    join pg_catalog.pg_language as l on l.oid = p.prolang
    where p.pronamespace not in ('pg_catalog'::regnamespace, coalesce(to_regnamespace('ssot')::oid, 0)) and l.lanname not in ('c', 'internal')
      and not exists (select from unnest(p.proconfig) as s(setting) where s.setting ^@ 'search_path=')
  ), place(oid) as (
    select n.oid
    from regexp_matches(coalesce((select s.reset_val from pg_catalog.pg_settings as s where s.name = 'search_path'), ''),
                        '"((?:[^"]|"")*)"|([^", ]+)', 'g') as m(part)
    join pg_catalog.pg_namespace as n
      on n.nspname = case coalesce(m.part[1], m.part[2]) when '$user' then current_user else coalesce(replace(m.part[1], '""', '"'), lower(m.part[2])) end
    where n.nspname not in ('pg_catalog', 'ssot')
  ), planted(what, owner) as (
    select 'calls ' || p.oid::regprocedure::text, f.owner
    from suspect as f join pg_catalog.pg_proc as p on p.oid = f.oid
    where p.pronamespace in (table place)
      and exists (select from pg_catalog.pg_proc as q
                  where q.proname = p.proname and q.oid not in (select x.oid from suspect as x)
                    and (q.pronamespace = 'pg_catalog'::regnamespace or q.pronamespace in (table place)))
    union all
    select 'calls operator ' || o.oid::regoperator::text, f.owner
    from suspect_operator as f join pg_catalog.pg_operator as o on o.oid = f.oid
    where o.oprnamespace in (table place)
      and exists (select from pg_catalog.pg_operator as q
                  where q.oprname = o.oprname and q.oid not in (select x.oid from suspect_operator as x)
                    and (q.oprnamespace = 'pg_catalog'::regnamespace or q.oprnamespace in (table place)))
    union all
    /* A row type for each relation: tables and views are among the types. */
    select 'finds ' || t.oid::regtype, t.typowner
    from pg_catalog.pg_type as t
    where t.typnamespace in (table place) and t.typowner not in (table trusted) and t.typelem = 0
      and exists (select from pg_catalog.pg_type as q
                  where q.typname = t.typname and q.typnamespace <> t.typnamespace and q.typnamespace in (table place))
  ), taken(what, owner) as (
    select format('%s public.%I', case c.relkind when 'v' then 'view' else 'relation' end, c.relname), c.relowner
    from pg_catalog.pg_class as c
    where c.oid in (to_regclass('public.calls_with_caller_names'), to_regclass('public.deprecated_column_audit')) and c.relowner not in (table trusted)
    union all select 'function ' || f.oid::regprocedure, f.owner
    from suspect as f where f.oid = to_regprocedure('${missionWitness}')
    union all select 'schema ssot_search', n.nspowner
    from pg_catalog.pg_namespace as n where n.nspname = 'ssot_search' and n.nspowner not in (table trusted)
  )
  select f.what, pg_get_userbyid(f.owner) as owner
  from (
    select format('%s calls %s, which belongs to role %s', c.object, f.oid::regprocedure, pg_get_userbyid(f.owner)) as what, f.owner
    from code as c
    join pg_catalog.pg_depend as d on d.classid = c.classid and d.objid = c.objid
    left join pg_catalog.pg_operator as o on d.refclassid = 'pg_catalog.pg_operator'::regclass and o.oid = d.refobjid
    join suspect as f on f.oid = case when d.refclassid = 'pg_catalog.pg_proc'::regclass then d.refobjid else o.oprcode::oid end
    union
    select format('%s calls %s, and was written by role %s', c.object, p.oid::regprocedure, pg_get_userbyid(c.author)), c.author
    from code as c
    cross join lateral regexp_matches(c.expression, ':(?:op)?funcid ([0-9]+)', 'g') as m(part)
    join pg_catalog.pg_proc as p on p.oid = m.part[1]::oid
    where c.author not in (table trusted) and p.oid not in (select x.oid from suspect as x)
      and (p.provolatile = 'v' and p.proname !~ '^${harmless}$' or p.proname ~ '_to_xml')
    union
    select format('%s has no search path of its own, and %s, which belongs to role %s', (select min(l.object) from loose as l), p.what,
                  pg_get_userbyid(p.owner)), p.owner
    from planted as p where exists (select from loose)
    union
    select format('%s has a name of ours, and belongs to role %s', t.what, pg_get_userbyid(t.owner)), t.owner from taken as t
  ) as f
  order by 1`;
}
