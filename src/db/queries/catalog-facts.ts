import type { Sql } from "postgres";
import { touchedBy } from "./touched-tables.ts";

/** One object of the catalog, and what it is. */
export interface CatalogFact {
  /** What people call it: `index public.calls_org_idx`. */
  readonly object: string;
  /** Owner, type and the like as text; an expression that holds a literal, a body and a view's query as md5. */
  readonly definition: string;
}

/** A relation as people write it. */
const named = (oid: string): string =>
  `(select format('%I.%I', own.nspname, named.relname) from pg_catalog.pg_class as named join pg_catalog.pg_namespace as own on own.oid = named.relnamespace where named.oid = ${oid})`;

// A literal may be anybody's name.
const brief = (text: string): string =>
  `case when strpos(${text}, '''') > 0 then 'md5 ' || md5(${text}) else ${text} end`;

const ownerOf = (oid: string): string => `'owner ' || pg_get_userbyid(${oid})`;
const when = (condition: string, words: string): string => `case when ${condition} then '${words}' end`;
const join = (...parts: readonly string[]): string => `concat_ws(', ', ${parts.join(", ")})`;
const isOurs = (schema: string): string => `${schema} in ('ssot', 'ssot_search')`;

/** The facts of each kind, over `rel` (tables, and views that stand on them), as `object` and `definition`. */
const kinds: readonly string[] = [
  `select case c.relkind when 'v' then 'view ' when 'm' then 'materialized view ' when 'f' then 'foreign table ' else 'table ' end || ${named("c.oid")},
     ${join(
       ownerOf("c.relowner"),
       when("c.relpersistence <> 'p'", "unlogged or temporary"),
       when("c.relrowsecurity", "row security"),
       when("c.relforcerowsecurity", "forced row security"),
       "case when c.relkind in ('r', 'p') then 'replica identity ' || nullif(c.relreplident::text, 'd') end",
       "'partition by ' || pg_get_partkeydef(c.oid)",
       `'partition ' || (${brief("pg_get_expr(c.relpartbound, c.oid)")})`,
       `'child of ' || (select string_agg(${named("h.inhparent")}, ', ' order by h.inhseqno) from pg_catalog.pg_inherits as h where h.inhrelid = c.oid)`,
       "case when c.relkind in ('v', 'm') then 'md5 ' || md5(pg_get_viewdef(c.oid)) end",
       "case when c.relkind = 'v' then array_to_string(c.reloptions, ' ') end",
     )}
   from rel join pg_catalog.pg_class as c on c.oid = rel.oid`,

  `select 'column ' || ${named("a.attrelid")} || '.' || quote_ident(a.attname),
     ${join(
       "format_type(a.atttypid, a.atttypmod)",
       when("a.attnotnull", "not null"),
       `case a.attgenerated when '' then 'default ' else 'generated ' end || (${brief("pg_get_expr(d.adbin, d.adrelid)")})`,
       "'identity ' || nullif(a.attidentity::text, '')",
       "'collation ' || (select format('%I.%I', n.nspname, l.collname) from pg_catalog.pg_collation as l join pg_catalog.pg_namespace as n on n.oid = l.collnamespace where l.oid = a.attcollation and l.collname <> 'default')",
       `'comment ' || substring(col_description(a.attrelid, a.attnum) from '\\[ssot: [a-z-]+\\]')`,
     )}
   from rel join pg_catalog.pg_attribute as a on a.attrelid = rel.oid and a.attnum > 0 and not a.attisdropped
   join pg_catalog.pg_class as c on c.oid = a.attrelid and c.relkind not in ('v', 'm')
   left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
   left join pg_catalog.pg_inherits as h on h.inhrelid = c.oid and c.relispartition
   left join pg_catalog.pg_attribute as o on o.attrelid = h.inhparent and o.attname = a.attname
   left join pg_catalog.pg_attrdef as e on e.adrelid = o.attrelid and e.adnum = o.attnum
   where o.attnum is null or (o.attnotnull, o.attgenerated, pg_get_expr(e.adbin, e.adrelid))
     is distinct from (a.attnotnull, a.attgenerated, pg_get_expr(d.adbin, d.adrelid))`,

  // PostgreSQL 18 has a constraint for each column that must have a value: the column says so, on every version.
  `select 'constraint ' || quote_ident(k.conname) || ' on ' || ${named("k.conrelid")},
     ${join(brief("pg_get_constraintdef(k.oid)"), when("not k.convalidated", "not validated"))}
   from rel join pg_catalog.pg_constraint as k on k.conrelid = rel.oid and k.contype <> 'n' and k.conparentid = 0`,

  `select 'index ' || ${named("i.indexrelid")},
     ${join(brief("pg_get_indexdef(i.indexrelid)"), when("not i.indisvalid", "invalid"), when("i.indisreplident", "replica identity"))}
   from rel join pg_catalog.pg_index as i on i.indrelid = rel.oid
   join pg_catalog.pg_class as c on c.oid = i.indexrelid and not c.relispartition`,

  `select 'trigger ' || quote_ident(t.tgname) || ' on ' || ${named("t.tgrelid")},
     ${join(brief("pg_get_triggerdef(t.oid)"), "'enabled ' || t.tgenabled::text")}
   from rel join pg_catalog.pg_trigger as t on t.tgrelid = rel.oid and not t.tgisinternal and t.tgparentid = 0`,

  `select 'rule ' || quote_ident(r.rulename) || ' on ' || ${named("r.ev_class")}, ${join("'md5 ' || md5(pg_get_ruledef(r.oid))", "'enabled ' || r.ev_enabled::text")}
   from rel join pg_catalog.pg_rewrite as r on r.ev_class = rel.oid and r.rulename <> '_RETURN'`,

  `select 'policy ' || quote_ident(p.polname) || ' on ' || ${named("p.polrelid")},
     ${join(
       "'for ' || p.polcmd::text",
       when("not p.polpermissive", "restrictive"),
       "'to ' || array_to_string(array(select coalesce(pg_get_userbyid(nullif(m.oid, 0)), 'public') from unnest(p.polroles) as m(oid) order by 1), ' ')",
       `'using ' || (${brief("pg_get_expr(p.polqual, p.polrelid)")})`,
       `'check ' || (${brief("pg_get_expr(p.polwithcheck, p.polrelid)")})`,
     )}
   from rel join pg_catalog.pg_policy as p on p.polrelid = rel.oid`,

  `select 'grant on ' || ${named("c.oid")} || coalesce('.' || quote_ident(g.attname), '') || ' to ' || case g.grantee when 0 then 'public' else quote_ident(pg_get_userbyid(g.grantee)) end,
     string_agg(g.privilege_type || case when g.is_grantable then ' with grant option' else '' end, ', ' order by g.privilege_type, g.is_grantable)
   from rel join pg_catalog.pg_class as c on c.oid = rel.oid
   cross join lateral (
     select null::name as attname, x.grantee, x.privilege_type, x.is_grantable from aclexplode(c.relacl) as x
     union
     select a.attname, x.grantee, x.privilege_type, x.is_grantable
     from pg_catalog.pg_attribute as a cross join aclexplode(a.attacl) as x where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
   ) as g
   where g.grantee <> c.relowner
   group by c.oid, g.attname, g.grantee`,

  `select 'function ' || format('%I.%I', n.nspname, p.proname) || '(' || pg_get_function_identity_arguments(p.oid) || ')',
     ${join(
       ownerOf("p.proowner"),
       "l.lanname",
       when("p.prosecdef", "security definer"),
       "'volatility ' || p.provolatile::text",
       "'set ' || array_to_string(p.proconfig, ' ')",
       "'md5 ' || md5(concat(p.prosrc, p.probin, pg_get_function_sqlbody(p.oid), pg_get_function_result(p.oid)))",
     )}
   from called join pg_catalog.pg_proc as p on p.oid = called.oid and p.oid >= 16384
   join pg_catalog.pg_namespace as n on n.oid = p.pronamespace and not ${isOurs("n.nspname")}
   join pg_catalog.pg_language as l on l.oid = p.prolang`,

  `select 'type ' || format('%I.%I', n.nspname, y.typname),
     ${join(
       ownerOf("y.typowner"),
       "'labels ' || (select md5(string_agg(e.enumlabel, chr(31) order by e.enumsortorder)) from pg_catalog.pg_enum as e where e.enumtypid = y.oid)",
       "'over ' || case y.typtype when 'd' then format_type(y.typbasetype, y.typtypmod) end",
       when("y.typnotnull", "not null"),
       `'default ' || (${brief("y.typdefault")})`,
       `'check ' || (select ${brief("string_agg(pg_get_constraintdef(k.oid), ', ' order by k.conname)")} from pg_catalog.pg_constraint as k where k.contypid = y.oid)`,
     )}
   from (select distinct a.atttypid as oid from rel join pg_catalog.pg_attribute as a on a.attrelid = rel.oid and a.attnum > 0 and not a.attisdropped) as u
   join pg_catalog.pg_type as y on y.oid = u.oid and y.oid >= 16384 and y.typtype in ('e', 'd')
   join pg_catalog.pg_namespace as n on n.oid = y.typnamespace`,

  `select 'event trigger ' || quote_ident(e.evtname),
     ${join(ownerOf("e.evtowner"), "e.evtevent", "'enabled ' || e.evtenabled::text", "array_to_string(e.evttags, ' ')")}
   from pg_catalog.pg_event_trigger as e`,

  `select 'publication ' || quote_ident(t.pubname) || ' of ' || format('%I.%I', t.schemaname, t.tablename), ${join("array_to_string(t.attnames, ' ')", brief("t.rowfilter"))}
   from rel join pg_catalog.pg_class as c on c.oid = rel.oid join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
   join pg_catalog.pg_publication_tables as t on t.schemaname = n.nspname and t.tablename = c.relname`,
];

/**
 * What the catalog says of these tables (names as SQL writes them), of what a change of their rows reaches (tables that reference contacts,
 * parts, children), and of what stands on all of them or is called by it: views, triggers, functions, grants, policies, types. What a
 * partition has from its parent is told of the parent alone. Nothing of schema ssot, no row, no size; the same objects give the same text in every session. For sessions with an empty search path.
 */
export async function listCatalogFacts(sql: Sql, tables: readonly string[]): Promise<readonly CatalogFact[]> {
  const roots = "array(select to_regclass(r.name)::oid from unnest($1::text[]) as r(name))";
  const facts = kinds.map((kind) => `select f.object, f.definition from (${kind}) as f(object, definition)`);
  return sql.unsafe<CatalogFact[]>(
    `with recursive ${touchedBy(roots)}, rel(oid) as (
       select c.oid from touched as t join pg_catalog.pg_class as c on c.oid = t.relid and c.relkind in ('r', 'p', 'f', 'v', 'm')
       join pg_catalog.pg_namespace as n on n.oid = c.relnamespace and not ${isOurs("n.nspname")}
       union
       select v.oid
       from rel join pg_catalog.pg_depend as d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = rel.oid
         and d.classid = 'pg_catalog.pg_rewrite'::regclass
       join pg_catalog.pg_rewrite as w on w.oid = d.objid
       join pg_catalog.pg_class as v on v.oid = w.ev_class and v.relkind in ('v', 'm')
       join pg_catalog.pg_namespace as n on n.oid = v.relnamespace and not ${isOurs("n.nspname")}
     ), stands(classid, objid) as (
       select 'pg_catalog.pg_constraint'::regclass::oid, k.oid from rel join pg_catalog.pg_constraint as k on k.conrelid = rel.oid
       union all select 'pg_catalog.pg_attrdef'::regclass, f.oid from rel join pg_catalog.pg_attrdef as f on f.adrelid = rel.oid
       union all select 'pg_catalog.pg_class'::regclass, i.indexrelid from rel join pg_catalog.pg_index as i on i.indrelid = rel.oid
       union all select 'pg_catalog.pg_trigger'::regclass, t.oid from rel join pg_catalog.pg_trigger as t on t.tgrelid = rel.oid
       union all select 'pg_catalog.pg_policy'::regclass, p.oid from rel join pg_catalog.pg_policy as p on p.polrelid = rel.oid
       union all select 'pg_catalog.pg_rewrite'::regclass, w.oid from rel join pg_catalog.pg_rewrite as w on w.ev_class = rel.oid
     ), called(oid) as (
       select d.refobjid from stands as s join pg_catalog.pg_depend as d on d.classid = s.classid and d.objid = s.objid and d.refclassid = 'pg_catalog.pg_proc'::regclass
       union select e.evtfoid from pg_catalog.pg_event_trigger as e
     )
     select u.object, u.definition from (${facts.join("\nunion all\n")}) as u
     order by u.object collate "C", u.definition collate "C"`,
    [[...tables]],
  );
}
