import { z } from "zod";
import { defineCheck, plainText } from "../src/checks/define.ts";
import { sql } from "../src/checks/fragment.ts";
import { migrationNames } from "../src/checks/migration-names.ts";

const { search } = migrationNames;
const remake = "ssot rollback --to takes it back; ssot migrate --with search makes it again";

/** Of the suite schema: the search is whole, where it is installed. */
export const searchObjects = defineCheck({
  id: "search",
  claim:
    "where the search is installed, its indexes are valid and on their columns, and its functions run with the rights that they should",
  hint: remake,
  expected: "3 valid indexes, 3 functions",
  after: search,
  postcondition: true,
  row: z.object({ name: plainText, problem: plainText }),
  population: 6,
  sql: sql`
    select w.name, case when x.indexrelid is null then 'is missing' when not (x.indisvalid and x.indisready) then 'is not valid'
                        else 'is another index' end as problem
    from (values ('idx_contacts_search_name', 'public.contacts', 'ssot_search.grams(org_id, name, 3)', 'gin'),
                 ('idx_calls_search_number', 'public.calls', 'ssot_search.grams(org_id, phone_number, 3)', 'gin'),
                 ('idx_calls_search_contact', 'public.calls', 'contact_id', 'btree')) as w(name, tab, key, method)
    left join pg_catalog.pg_index as x on x.indexrelid = to_regclass('public.' || w.name)
    left join pg_catalog.pg_class as c on c.oid = x.indexrelid
    left join pg_catalog.pg_am as m on m.oid = c.relam
    /* Columns that are not text are cast. */
    left join lateral regexp_replace(pg_get_indexdef(x.indexrelid, 1, false), '\\((name|phone_number)\\)::text', '\\1') as k(key) on true
    where x.indexrelid is null or not (x.indisvalid and x.indisready)
       or x.indrelid <> to_regclass(w.tab) or k.key is distinct from w.key or x.indnkeyatts <> 1 or m.amname <> w.method or x.indpred is not null
    union all
    select w.name, case when p.signature is null then 'is missing' else 'has other rights or settings' end
    from (values ('ssot_search.grams(uuid,text,integer)', false, 'i', array['search_path=pg_catalog, pg_temp']),
                 ('ssot_search.places(uuid,text,text)', true, 's', array['search_path=pg_catalog, pg_temp', 'debug_print_plan=off', 'plan_cache_mode=force_generic_plan']),
                 ('ssot_search.find_calls(uuid,text,integer,bigint,text,timestamp with time zone,timestamp with time zone)', false, 's',
                  array['search_path=pg_catalog, pg_temp', 'debug_print_plan=off', 'plan_cache_mode=force_generic_plan'])) as w(name, definer, volatility, settings)
    /* Read from the catalog: a reader of the bookkeeping may have no right on this schema. */
    left join (
      select f.*, format('%s.%s(%s)', n.nspname, f.proname, replace(oidvectortypes(f.proargtypes), ', ', ',')) as signature
      from pg_catalog.pg_proc as f join pg_catalog.pg_namespace as n on n.oid = f.pronamespace where n.nspname = 'ssot_search'
    ) as p on p.signature = w.name
    where p.signature is null or p.prosecdef <> w.definer or p.provolatile <> w.volatility
       or not coalesce(p.proconfig @> w.settings, false)
    order by 1`,
});

/** Of the suite security: who may search may read the view as well. */
export const searchClosed = defineCheck({
  id: "search-closed",
  claim: "neither everybody nor anon may search through the indexes, nor anybody who may not read the view",
  hint: "revoke usage on schema ssot_search, and execute on its functions, from these roles",
  after: search,
  postcondition: true,
  row: z.object({ name: plainText, grantee: plainText, privilege: plainText }),
  population: 3,
  sql: sql`
    select n.nspname::text as name, coalesce(r.rolname, 'PUBLIC')::text as grantee, x.privilege_type as privilege
    from pg_catalog.pg_namespace as n cross join aclexplode(n.nspacl) as x left join pg_catalog.pg_roles as r on r.oid = x.grantee
    where n.nspname = 'ssot_search' and (x.grantee = 0 or r.rolname = 'anon')
    union
    select 'ssot_search', r.rolname::text, 'USAGE, its own or through another role' from pg_catalog.pg_roles as r
    where r.rolname = 'anon' and has_schema_privilege(r.oid, to_regnamespace('ssot_search'), 'USAGE')
    union
    select p.oid::regprocedure::text, coalesce(r.rolname, 'PUBLIC')::text, x.privilege_type
    from pg_catalog.pg_proc as p join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    cross join aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as x
    left join pg_catalog.pg_roles as r on r.oid = x.grantee
    where n.nspname = 'ssot_search' and p.proname in ('places', 'find_calls') and x.grantee <> p.proowner
      and (x.grantee = 0 or r.rolname = 'anon'
           or not coalesce(has_table_privilege(x.grantee, to_regclass('public.calls_with_caller_names'), 'SELECT'), false))
    order by 1, 2, 3`,
});
