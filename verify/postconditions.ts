/** A claim about the migrated database that holds when a query finds no row that breaks it. */
export interface Postcondition {
  readonly id: string;
  readonly claim: string;
  /** The migration that makes it true. */
  readonly after: string;
  /** The migration that ends it. */
  readonly until?: string;
  /** Finds what breaks the claim. */
  readonly breaking: string;
}

const backfill = "20260209000100_backfill_contact_ids";
const validate = "20260209000200_validate_contact_names";
const view = "20260209000300_create_calls_view";
const deprecate = "20260209000400_mark_deprecated";
const drop = "20260309000000_drop_deprecated_columns";

/** What `ssot migrate` checks of the migrations that are applied: objects as meant, rules validated, rows covered. */
export const postconditions: readonly Postcondition[] = [
  {
    id: "indexes",
    claim: "the look-up indexes exist and are valid",
    after: backfill,
    breaking: `select w.name from (values ('idx_calls_contact_id'), ('idx_contacts_org_phone')) as w(name)
      where not exists (select from pg_catalog.pg_index as x
                        where x.indexrelid = to_regclass('public.' || w.name) and x.indisvalid and x.indisready)`,
  },
  {
    id: "backfill-finished",
    claim: "no planned change is left undone",
    after: backfill,
    breaking: "select t.task from ssot.task as t where t.done < t.planned",
  },
  {
    id: "erasure",
    claim: "deletes of calls and contacts remove what the tool keeps of them",
    after: backfill,
    breaking: `select w.name from (values ('calls'), ('contacts')) as w(name)
      where not exists (select from pg_catalog.pg_trigger as t
                        where t.tgrelid = to_regclass('public.' || w.name) and t.tgname = 'ssot_erase_deleted' and t.tgenabled = 'A'
                          and t.tgfoid = to_regprocedure('ssot.erase_deleted()'))`,
  },
  {
    id: "links-inside-organisation",
    claim: "no link of the backfill leaves its organisation",
    after: backfill,
    breaking: `select j.id from ssot.journal_calls_contact_id as j
      join public.calls as c on c.id = j.id
      join public.contacts as k on k.id = c.contact_id
      where c.contact_id = j.new and k.org_id <> c.org_id`,
  },
  {
    id: "unique-contacts",
    claim: "the unique index on organisation and phone exists and is valid",
    after: validate,
    breaking: `select 1 where not exists (
      select from pg_catalog.pg_index as x
      where x.indexrelid = to_regclass('public.idx_contacts_org_phone_unique') and x.indisvalid and x.indisunique and x.indpred is null)`,
  },
  {
    id: "rules-validated",
    claim: "the rules on contacts' names and phones exist and are validated",
    after: validate,
    breaking: `select w.name from (values ('contacts_name_must_be_real'), ('contacts_phone_must_be_e164')) as w(name)
      where not exists (select from pg_catalog.pg_constraint as k
                        where k.conrelid = 'public.contacts'::regclass and k.conname = w.name and k.contype = 'c' and k.convalidated)`,
  },
  {
    id: "contact-source",
    claim: "contacts say where they come from",
    after: validate,
    breaking: `select 1 where not exists (
      select from pg_catalog.pg_attribute where attrelid = 'public.contacts'::regclass and attname = 'source' and not attisdropped)`,
  },
  {
    id: "view",
    claim: "the view reads as its user and is what the migration made",
    after: view,
    breaking: "select 1 where not ssot.view_is_ours()",
  },
  {
    id: "view-not-public",
    claim: "neither everybody nor anon may read the view",
    after: view,
    breaking: `select x.grantee from pg_catalog.pg_class as c, aclexplode(c.relacl) as x
      left join pg_catalog.pg_roles as r on r.oid = x.grantee
      where c.oid = to_regclass('public.calls_with_caller_names') and (x.grantee = 0 or r.rolname = 'anon')`,
  },
  {
    id: "witness",
    claim: "the five triggers on calls are awake and unchanged",
    after: deprecate,
    until: drop,
    breaking: `select s.name from ssot.witness as s
      left join ssot.live_witness() as l on l.kind = s.kind and l.name = s.name and l.object_id = s.object_id and l.changed_in = s.changed_in and l.awake
      where l.object_id is null
      union all select 'none' where (select count(*) from ssot.witness where kind = 'trigger') <> 5`,
  },
  {
    id: "audit-closed",
    claim: "the audit has row level security and no grants",
    after: deprecate,
    until: drop,
    breaking: `select 1 where not exists (
      select from pg_catalog.pg_class as c where c.oid = to_regclass('public.deprecated_column_audit') and c.relrowsecurity
        and not exists (select from aclexplode(c.relacl) as x where x.grantee <> c.relowner))`,
  },
  {
    id: "columns-dropped",
    claim: "the deprecated columns, their triggers, function and audit are gone, and the view is there",
    after: drop,
    breaking: `select attname::text from pg_catalog.pg_attribute
      where attrelid = 'public.calls'::regclass and attname in ('caller_name', 'from_number') and not attisdropped
      union all
      select tgname::text from pg_catalog.pg_trigger
      where tgrelid = 'public.calls'::regclass and (tgname ^@ 'warn_deprecated_writes' or tgname ^@ 'ssot_archive')
      union all
      select 'function' where to_regprocedure('public.check_deprecated_column_writes_with_audit()') is not null
      union all
      select 'audit' where to_regclass('public.deprecated_column_audit') is not null
      union all
      select 'view' where to_regclass('public.calls_with_caller_names') is null`,
  },
];
