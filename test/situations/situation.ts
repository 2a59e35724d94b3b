/** Something that stood in a database before ssot came, and what becomes of it. */
export interface Situation {
  readonly what: string;
  /** Makes it. `{role}` stands for a role of the situation's own. */
  readonly sql: string;
  /**
   * kept: it is what a migration would make, and stays. replaced: set aside, and back after a rollback. beside: not
   * touched. refused: nothing is run, and the message has the name.
   */
  readonly outcome: "kept" | "replaced" | "beside" | "refused";
  /** In the ledger of objects: kind and name. */
  readonly journaled?: readonly [kind: string, name: string];
  /** Part of the refusal's message. */
  readonly message?: string;
  /** Holds after the migration: a condition in SQL. */
  readonly after?: string;
  /** Made after the snapshot: a rollback does not bring it back. */
  readonly lost?: string;
  /** The run may replace a view that shows more than ours. */
  readonly replaceView?: boolean;
  /** The run is the role's, which owns every table, or nothing. */
  readonly runsAs?: "owner" | "nobody";
}

const witness = `
  create table public.deprecated_column_audit (
    id uuid primary key default gen_random_uuid(), table_name text not null, column_name text not null,
    call_id uuid references public.calls (id), org_id uuid references public.organizations (id),
    old_value text, new_value text, detected_at timestamptz not null default now());
  create function public.check_deprecated_column_writes_with_audit() returns trigger language plpgsql as $$
  declare written calls%rowtype;
  begin
    written := new;
    if new.caller_name is distinct from old.caller_name then
      insert into deprecated_column_audit (table_name, column_name, call_id, org_id, old_value, new_value)
      values ('calls', 'caller_name', written.id, written.org_id, old.caller_name, new.caller_name);
    end if;
    return new;
  end $$;
  create trigger warn_deprecated_writes before update on public.calls
    for each row execute function public.check_deprecated_column_writes_with_audit();
  update public.calls set caller_name = 'written by hand' where call_direction = 'outbound'`;

const handMadeView = `
  create view public.calls_with_caller_names with (security_barrier = true) as
    select c.id, c.org_id, c.caller_name as legacy_name, c.from_number as legacy_number, k.name as resolved_caller_name,
           o.name as organisation
    from public.calls as c left join public.contacts as k on k.id = c.contact_id
    join public.organizations as o on o.id = c.org_id`;

const e164 = "update public.contacts set phone = '+14155550142' where phone = '(415) 555-0142'";

const supabaseRoles = `
  do $$ declare r text; begin
    foreach r in array array['anon', 'authenticated', 'service_role'] loop
      begin execute format('create role %I', r); exception when duplicate_object or unique_violation then null; end;
    end loop;
  end $$;
  grant usage on schema public to anon, authenticated, service_role;
  alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
  alter default privileges in schema public grant all on functions to anon, authenticated, service_role;
  alter default privileges in schema public grant all on sequences to anon, authenticated, service_role;
  grant all on all tables in schema public to anon, authenticated, service_role`;

// Each would be taken for PostgreSQL's own, if a name were looked up in public first.
const shadows = `
  create function public.trap() returns void language plpgsql as 'begin raise exception ''a function of public was called''; end';
  create function public.btrim(text) returns text language sql as 'select public.trap(); select $1';
  create function public.lower(text) returns text language sql as 'select public.trap(); select $1';
  create function public.now() returns timestamptz language sql as 'select public.trap(); select pg_catalog.now()';
  create function public.to_regclass(text) returns regclass language sql as 'select public.trap(); select pg_catalog.to_regclass($1)';
  create function public.pg_backend_pid() returns integer language sql as 'select public.trap(); select 0';
  create function public.pg_get_indexdef(oid) returns text language sql as 'select public.trap(); select null::text';
  create function public.strpos(text, text) returns integer language sql as 'select public.trap(); select 0';
  create function public.same(text, text) returns boolean language sql as 'select public.trap(); select true';
  create operator public.= (function = public.same, leftarg = text, rightarg = text);
  create operator public.~ (function = public.same, leftarg = text, rightarg = text);
  do $$ begin execute format('alter database %I set search_path = public, pg_catalog', current_database()); end $$`;

export const situations: readonly Situation[] = [
  { what: "nothing made by hand", sql: "", outcome: "beside" },

  {
    what: "a rule for names without the phone",
    sql: "alter table public.contacts add constraint contacts_name_must_be_real check (name is not null and length(name) > 1)",
    outcome: "replaced",
    journaled: ["check", "contacts_name_must_be_real"],
    after:
      "(select convalidated and pg_get_constraintdef(oid) like '%name = phone%' from pg_constraint where conname = 'contacts_name_must_be_real')",
  },
  {
    what: "a rule with a comment",
    sql: `alter table public.contacts add constraint contacts_name_must_be_real check (name <> 'nobody');
      comment on constraint contacts_name_must_be_real on public.contacts is 'made by hand'`,
    outcome: "replaced",
    journaled: ["check", "contacts_name_must_be_real"],
  },
  {
    what: "the equal rule for phones",
    sql: `${e164}; alter table public.contacts add constraint contacts_phone_must_be_e164 check (phone ~ '^[+][1-9][0-9]{1,14}$')`,
    outcome: "kept",
    journaled: ["check", "contacts_phone_must_be_e164"],
  },
  {
    what: "the equal rule, not validated",
    sql: "alter table public.contacts add constraint contacts_phone_must_be_e164 check (phone ~ '^[+][1-9][0-9]{1,14}$') not valid",
    outcome: "replaced",
    journaled: ["check", "contacts_phone_must_be_e164"],
    after: "(select convalidated from pg_constraint where conname = 'contacts_phone_must_be_e164')",
  },
  {
    what: "a rule's name on a unique constraint",
    sql: "alter table public.contacts add constraint contacts_name_must_be_real unique (org_id, name)",
    outcome: "refused",
    message: "constraint contacts_name_must_be_real on contacts is no CHECK",
  },

  {
    what: "a look-up index without the id",
    sql: "create index idx_contacts_org_phone on public.contacts (org_id, phone); comment on index public.idx_contacts_org_phone is 'by hand'",
    outcome: "replaced",
    journaled: ["index", "idx_contacts_org_phone"],
    after: "pg_get_indexdef('public.idx_contacts_org_phone'::regclass) like '%INCLUDE (id)'",
  },
  {
    what: "an equal index on links",
    sql: "create index idx_calls_contact_id on public.calls (contact_id)",
    outcome: "kept",
    journaled: ["index", "idx_calls_contact_id"],
  },
  {
    what: "a partial index on links",
    sql: "create index idx_calls_contact_id on public.calls (contact_id) where contact_id is not null",
    outcome: "replaced",
    journaled: ["index", "idx_calls_contact_id"],
    after: "pg_get_indexdef('public.idx_calls_contact_id'::regclass) not like '%WHERE%'",
  },
  {
    what: "an index that a build left invalid",
    sql: "",
    lost: `create index idx_contacts_org_phone on public.contacts (org_id, phone);
      update pg_index set indisvalid = false where indexrelid = 'public.idx_contacts_org_phone'::regclass`,
    outcome: "replaced",
    after: "(select indisvalid from pg_index where indexrelid = 'public.idx_contacts_org_phone'::regclass)",
  },
  {
    what: "a unique index of the plain one's name",
    sql: "create unique index idx_contacts_org_phone on public.contacts (org_id, phone)",
    outcome: "replaced",
    journaled: ["index", "idx_contacts_org_phone"],
    after: "not (select indisunique from pg_index where indexrelid = 'public.idx_contacts_org_phone'::regclass)",
  },
  {
    what: "an equal unique index",
    sql: "create unique index idx_contacts_org_phone_unique on public.contacts (org_id, phone)",
    outcome: "kept",
    journaled: ["index", "idx_contacts_org_phone_unique"],
  },
  {
    what: "a unique constraint of the index's name",
    sql: "alter table public.contacts add constraint idx_contacts_org_phone_unique unique (org_id, phone)",
    outcome: "kept",
    journaled: ["index", "idx_contacts_org_phone_unique"],
    after: "exists (select from pg_constraint where conname = 'idx_contacts_org_phone_unique')",
  },
  {
    what: "a deferrable constraint of the name",
    sql: "alter table public.contacts add constraint idx_contacts_org_phone_unique unique (org_id, phone) deferrable",
    outcome: "refused",
    message: "index public.idx_contacts_org_phone_unique belongs to a constraint",
  },
  {
    what: "another constraint of the name",
    sql: "alter table public.contacts add constraint idx_contacts_org_phone unique (org_id, phone, email)",
    outcome: "refused",
    message: "index public.idx_contacts_org_phone belongs to a constraint",
  },
  {
    what: "a unique constraint of its own name",
    sql: "alter table public.contacts add constraint contacts_org_id_phone_key unique (org_id, phone)",
    outcome: "beside",
    after: "exists (select from pg_constraint where conname = 'contacts_org_id_phone_key')",
  },
  {
    what: "an index's name on another table",
    sql: "create index idx_calls_contact_id on public.messages (org_id)",
    outcome: "refused",
    message: "index public.idx_calls_contact_id is not the index of that name on public.calls",
  },

  {
    what: "a view with joins, options and comments",
    sql: `${handMadeView}; comment on view public.calls_with_caller_names is 'by hand';
      comment on column public.calls_with_caller_names.legacy_name is 'old';
      alter view public.calls_with_caller_names alter column legacy_name set default 'nobody';
      create function public.no_write() returns trigger language plpgsql as 'begin return null; end';
      create trigger no_write instead of insert on public.calls_with_caller_names for each row execute function public.no_write();
      create rule no_delete as on delete to public.calls_with_caller_names do instead nothing;
      grant select on public.calls_with_caller_names to {role} with grant option;
      grant update (legacy_name) on public.calls_with_caller_names to {role}`,
    outcome: "replaced",
    replaceView: true,
    journaled: ["view", "calls_with_caller_names"],
    after: "pg_get_viewdef('public.calls_with_caller_names'::regclass) not like '%legacy_name%'",
  },
  {
    what: "a view with columns that ours has not",
    sql: handMadeView,
    outcome: "refused",
    message: "lose columns that ours has not: legacy_name, legacy_number, organisation",
  },
  {
    what: "a view that stands on such columns",
    sql: `${handMadeView}; create view public.weekly_callers as select legacy_name from public.calls_with_caller_names`,
    outcome: "refused",
    replaceView: true,
    message: "view public.weekly_callers depends on the view calls_with_caller_names",
  },
  {
    what: "a view that stands on the view",
    sql: `${handMadeView}; create view public.weekly_callers as select id, resolved_caller_name from public.calls_with_caller_names`,
    outcome: "replaced",
    replaceView: true,
    after: "(select count(*) > 0 from public.weekly_callers)",
  },
  {
    what: "a function that returns the view's rows",
    sql: `${handMadeView}; create function public.digest() returns setof public.calls_with_caller_names language sql as 'select * from public.calls_with_caller_names'`,
    outcome: "refused",
    replaceView: true,
    message: "function public.digest() depends on the view",
  },
  {
    what: "a materialised view of the view's name",
    sql: "create materialized view public.calls_with_caller_names as select id from public.calls",
    outcome: "refused",
    message: "public.calls_with_caller_names is no view",
  },

  {
    what: "audit table, function and trigger",
    sql: witness,
    outcome: "replaced",
    journaled: ["table", "deprecated_column_audit"],
    after: "(select count(*) = 3 from ssot.adopted_column_audit)",
  },
  {
    what: "a trigger asleep, with comments and grants",
    sql: `${witness}; alter table public.calls disable trigger warn_deprecated_writes;
      comment on trigger warn_deprecated_writes on public.calls is 'asleep';
      comment on function public.check_deprecated_column_writes_with_audit() is 'by hand';
      revoke all on function public.check_deprecated_column_writes_with_audit() from public;
      grant execute on function public.check_deprecated_column_writes_with_audit() to {role} with grant option;
      grant select on public.deprecated_column_audit to {role}`,
    outcome: "replaced",
    journaled: ["trigger", "warn_deprecated_writes"],
    after:
      "(select tgenabled = 'A' from pg_trigger where tgname = 'warn_deprecated_writes') and not has_table_privilege('{role}', 'public.deprecated_column_audit', 'select')",
  },
  {
    what: "the function under another table's trigger",
    sql: `${witness}; create trigger also before update on public.messages
      for each row when (false) execute function public.check_deprecated_column_writes_with_audit()`,
    outcome: "refused",
    message: "trigger also on table public.messages uses the function",
  },
  {
    what: "a view and a clean-up of the audit",
    sql: `${witness}; create view public.recent_audit as select * from public.deprecated_column_audit;
      create function public.cleanup_audit() returns void language sql
        as 'delete from public.deprecated_column_audit where detected_at < now() - interval ''30 days'''`,
    outcome: "beside",
    after: "(select count(*) = 3 from public.recent_audit) and public.cleanup_audit() is null",
  },
  {
    what: "contacts.source, with values",
    sql: "alter table public.contacts add column source varchar(20); update public.contacts set source = 'import'",
    outcome: "kept",
    after: "(select bool_and(source = 'import') from public.contacts)",
  },
  {
    what: "comments on the old columns",
    sql: "comment on column public.calls.caller_name is 'DEPRECATED by hand'",
    outcome: "replaced",
    journaled: ["comment", "public.calls.caller_name"],
  },
  {
    what: "somebody's contact_name_follows_phone",
    sql: `create function public.follow() returns trigger language plpgsql as 'begin return new; end';
      create trigger contact_name_follows_phone before update on public.contacts for each row execute function public.follow()`,
    outcome: "refused",
    message: "trigger contact_name_follows_phone on contacts",
  },
  {
    what: "somebody's schema ssot",
    sql: "create schema ssot; create table ssot.notes (id integer)",
    outcome: "refused",
    message: "schema ssot holds things of somebody else",
  },

  {
    what: "a BEFORE ROW trigger",
    sql: `create function public.touch() returns trigger language plpgsql as 'begin return new; end';
      create trigger touch before update on public.calls for each row execute function public.touch()`,
    outcome: "beside",
    after: "exists (select from pg_trigger where tgname = 'touch')",
  },
  {
    what: "a BEFORE ROW trigger that names a table without its schema",
    sql: `create table public.settings (stamp boolean);
      create function public.touch() returns trigger language plpgsql as 'begin perform from settings; return new; end';
      create trigger touch before update on public.calls for each row execute function public.touch();
      create trigger touch before update or delete on public.contacts for each row execute function public.touch()`,
    outcome: "beside",
  },
  {
    what: "an AFTER trigger",
    sql: `create function public.tell() returns trigger language plpgsql as 'begin return null; end';
      create trigger tell after update on public.contacts for each row execute function public.tell()`,
    outcome: "refused",
    message: "public.contacts.tell (AFTER UPDATE)",
  },
  {
    what: "a rule on calls",
    sql: "create rule quiet as on update to public.calls where old.is_test_call do instead nothing",
    outcome: "refused",
    message: "rule quiet on public.calls",
  },
  {
    what: "policies on both tables",
    sql: `alter table public.calls enable row level security; alter table public.contacts enable row level security;
      create policy own on public.calls using (org_id is not null); create policy own on public.contacts using (false)`,
    outcome: "beside",
    after: "(select count(*) = 2 from pg_policies where policyname = 'own')",
  },
  {
    what: "a publication with columns",
    sql: "create publication feed for table public.calls (id, org_id, caller_name), public.contacts",
    outcome: "beside",
    after: "(select count(*) = 2 from pg_publication_tables where pubname = 'feed')",
  },
  {
    what: "a materialised view on calls",
    sql: "create materialized view public.callers as select caller_name, count(*) as n from public.calls group by caller_name",
    outcome: "beside",
  },
  {
    what: "a function and an index on the old columns",
    sql: `create function public.caller(c public.calls) returns text language sql as 'select ($1).caller_name';
      create index calls_caller on public.calls (lower(caller_name)) where from_number is not null`,
    outcome: "beside",
  },

  {
    what: "Supabase's roles and default privileges",
    sql: supabaseRoles,
    outcome: "beside",
    after: `has_table_privilege('authenticated', 'public.calls_with_caller_names', 'select')
      and not has_table_privilege('authenticated', 'public.calls_with_caller_names', 'insert')
      and not has_table_privilege('anon', 'public.calls_with_caller_names', 'select')
      and not has_table_privilege('service_role', 'public.deprecated_column_audit', 'select')`,
  },
  {
    what: "Supabase's privileges on hand-made things",
    sql: `${supabaseRoles}; ${handMadeView}; ${witness}`,
    outcome: "replaced",
    replaceView: true,
    journaled: ["function", "public.check_deprecated_column_writes_with_audit()"],
    after: "not has_table_privilege('anon', 'public.calls_with_caller_names', 'select')",
  },
  {
    what: "grants on columns of calls",
    sql: "grant select (id, org_id) on public.calls to {role}",
    outcome: "beside",
    after: `has_column_privilege('{role}', 'public.calls_with_caller_names', 'org_id', 'select')
      and not has_column_privilege('{role}', 'public.calls_with_caller_names', 'phone_number', 'select')
      and not has_column_privilege('{role}', 'public.calls_with_caller_names', 'resolved_caller_name', 'select')`,
  },
  {
    what: "a run by the owner of the tables",
    sql: "",
    runsAs: "owner",
    outcome: "beside",
    after: "(select nspowner = '{role}'::regrole from pg_namespace where nspname = 'ssot')",
  },
  {
    what: "a run by a role without rights",
    sql: "",
    runsAs: "nobody",
    outcome: "refused",
    message: "does not own public.calls",
  },
  {
    what: "row security that binds the owner too",
    sql: `alter table public.calls enable row level security; alter table public.calls force row level security;
      create policy none on public.calls using (false)`,
    runsAs: "owner",
    outcome: "refused",
    message: "row level security hides rows of public.calls",
  },
  {
    what: "functions in public that shadow PostgreSQL's",
    sql: shadows,
    outcome: "beside",
    after: "exists (select from pg_proc where proname operator(pg_catalog.=) 'trap'::name)",
  },
];
