import type { Sql } from "postgres";
import { missionWitness } from "../../../model/mission.ts";
import type { Obstacle } from "./obstacle.ts";

/** What has the name of something that a migration makes, or uses it. What a migration that has run made itself is none. */
export async function listOccupiedNames(sql: Sql): Promise<readonly Obstacle[]> {
  return sql<Obstacle[]>`
    with ours as (
      select c.relname as name from pg_catalog.pg_class as c join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
      where n.nspname = 'ssot'
    ), wanted as (
      select w.name, to_regclass('public.' || w.tab) as tab, w.definition, to_regclass('public.' || w.name) as found
      from (values
        ('idx_contacts_org_phone', 'contacts', 'CREATE INDEX idx_contacts_org_phone ON public.contacts USING btree (org_id, phone) INCLUDE (id)'),
        ('idx_calls_contact_id', 'calls', 'CREATE INDEX idx_calls_contact_id ON public.calls USING btree (contact_id)'),
        ('idx_contacts_org_phone_unique', 'contacts', 'CREATE UNIQUE INDEX idx_contacts_org_phone_unique ON public.contacts USING btree (org_id, phone)')
      ) as w(name, tab, definition)
    ), touched as (
      select to_regclass('public.calls')::oid as oid union select to_regclass('public.contacts')
      union select k.conrelid from pg_catalog.pg_constraint as k
      where k.contype = 'f' and k.confrelid = to_regclass('public.contacts') and k.conparentid = 0
    )
    select 'schema ssot holds things of somebody else' as what, 'rename that schema: ssot keeps its own things in one of this name' as remedy
    where not exists (select from ours where name = 'ledger') and exists (select from ours where name !~ '^(unrestored|engine_text)')
    union all
    select format('%s %s is not the index of that name on %s', case c.relkind when 'i' then 'index' else 'relation' end,
                  c.oid::regclass, w.tab), format('rename %s', c.oid::regclass)
    from wanted as w join pg_catalog.pg_class as c on c.oid = w.found
    left join pg_catalog.pg_index as x on x.indexrelid = c.oid
    where x.indrelid is distinct from w.tab
    union all
    select format('index %s belongs to a constraint and differs from: %s', x.indexrelid::regclass, w.definition),
           format('alter table %s rename constraint %I to another name', x.indrelid::regclass, k.conname)
    from wanted as w
    join pg_catalog.pg_index as x on x.indexrelid = w.found and x.indrelid = w.tab
    join pg_catalog.pg_constraint as k on k.conindid = x.indexrelid and k.contype in ('p', 'u', 'x')
    where pg_get_indexdef(x.indexrelid) not in (w.definition, replace(w.definition, 'public.', '')) or not x.indimmediate
    union all
    select format('index %s %s and differs from: %s', x.indexrelid::regclass,
                  case when x.indisreplident then 'is the replica identity of its table' else 'orders its table (CLUSTER)' end, w.definition),
           format('rename index %s', x.indexrelid::regclass)
    from wanted as w join pg_catalog.pg_index as x on x.indexrelid = w.found and x.indrelid = w.tab
    where pg_get_indexdef(x.indexrelid) not in (w.definition, replace(w.definition, 'public.', '')) and (x.indisreplident or x.indisclustered)
    union all
    select format('constraint %I on contacts is no CHECK', k.conname), format('alter table public.contacts rename constraint %I to another name', k.conname)
    from pg_catalog.pg_constraint as k
    where k.conrelid = to_regclass('public.contacts') and k.contype <> 'c' and k.conname in ('contacts_name_must_be_real', 'contacts_phone_must_be_e164')
    union all
    select 'trigger contact_name_follows_phone on contacts is somebody else''s', 'rename that trigger'
    from pg_catalog.pg_trigger as t
    join pg_catalog.pg_proc as p on p.oid = t.tgfoid
    join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    where t.tgrelid = to_regclass('public.contacts') and t.tgname = 'contact_name_follows_phone' and n.nspname <> 'ssot'
    union all
    select format('%s is no view', c.oid::regclass), format('rename %s', c.oid::regclass)
    from pg_catalog.pg_class as c where c.oid = to_regclass('public.calls_with_caller_names') and c.relkind <> 'v'
    union all
    select format('%s is no table', c.oid::regclass), format('rename %s', c.oid::regclass)
    from pg_catalog.pg_class as c where c.oid = to_regclass('public.deprecated_column_audit') and c.relkind not in ('r', 'p')
    union all
    select format('%s has a name that the audit of deprecated writes needs', c.oid::regclass), format('rename %s', c.oid::regclass)
    from pg_catalog.pg_class as c left join pg_catalog.pg_index as x on x.indexrelid = c.oid
    where c.oid in (to_regclass('public.deprecated_column_audit_pkey'), to_regclass('public.deprecated_column_audit_call_id'),
                    to_regclass('public.deprecated_column_audit_detected_at'))
      and (x.indrelid is null or x.indrelid is distinct from to_regclass('public.deprecated_column_audit'))
    union all
    select format('%s uses the function check_deprecated_column_writes_with_audit, which would be replaced', pg_describe_object(d.classid, d.objid, 0)),
           'give it a function of its own'
    from pg_catalog.pg_depend as d
    left join pg_catalog.pg_trigger as t on d.classid = 'pg_catalog.pg_trigger'::regclass and t.oid = d.objid
    where d.refclassid = 'pg_catalog.pg_proc'::regclass and d.deptype = 'n'
      and d.refobjid = to_regprocedure(${missionWitness})
      and not coalesce((t.tgrelid = to_regclass('public.calls') or t.tgparentid <> 0) and t.tgname ^@ 'warn_deprecated_writes', false)
    union all
    select format('rule %I on %s rewrites what is written there', r.rulename, r.ev_class::regclass),
           format('drop it for the run, or: alter table %s disable rule %I', r.ev_class::regclass, r.rulename)
    from pg_catalog.pg_rewrite as r
    where r.ev_class in (select t.oid from touched as t) and r.ev_type <> '1' and r.ev_enabled <> 'D'
    order by 1`;
}
