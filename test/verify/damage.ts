import { firstOrg, secondOrg } from "./healthy-case.ts";

/** One way to break a migrated database, and the check that has to notice. */
export type Damage = readonly [what: string, sql: string, caughtBy: string, status?: "fail" | "warn", undo?: string];

const viewColumns =
  "ct.email as contact_email, ct.lead_status as contact_lead_status, ct.lead_score as contact_lead_score";
const shownName = "coalesce(ct.name, nullif(btrim(c.phone_number), ''), 'Unknown') as resolved_caller_name";
const source =
  "case when ct.name <> ct.phone then 'contact' when ct.name is not null then 'phone' when c.phone_number is not null then 'phone' else 'unknown' end as name_source";
const join = "left join public.contacts as ct on ct.id = c.contact_id and ct.org_id = c.org_id";

/** A look-alike of the view, with one part changed. */
function lookAlike(changes: { shown?: string; from?: string; source?: string; columns?: string }): string {
  const { shown = shownName, from = join, source: said = source, columns = viewColumns } = changes;
  return `drop view public.calls_with_caller_names;
    create view public.calls_with_caller_names with (security_invoker = true) as
    select c.*, ${shown}, ${columns}, ${said} from public.calls as c ${from};
    revoke all on public.calls_with_caller_names from public, anon;
    grant select on public.calls_with_caller_names to authenticated`;
}

/** The witness's function with another body. */
function otherWitness(body: string): string {
  return `create or replace function public.check_deprecated_column_writes_with_audit() returns trigger
    language plpgsql security definer set search_path = pg_catalog, pg_temp as $$ begin ${body} return null; end $$`;
}

const withoutNameRule = "alter table public.contacts drop constraint contacts_name_must_be_real";
const withoutPhoneRule = "alter table public.contacts drop constraint contacts_phone_must_be_e164";
const newCall = (columns: string, values: string): string =>
  `insert into public.calls (org_id, vapi_call_id, ${columns}) values ('${firstOrg}', 'damage', ${values})`;

// A role that anon belongs to; roles are the whole server's, so it goes again.
const group = "create role ssot_group_{run}; grant ssot_group_{run} to anon";
const withoutGroup = "drop owned by ssot_group_{run}; drop role ssot_group_{run}";

export const damages: readonly Damage[] = [
  [
    "deletes remove nothing",
    "create or replace function ssot.erase_deleted() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as 'begin return null; end'",
    "schema.functions",
  ],
  [
    "the search answers past row level security",
    "create or replace function ssot_search.places(organization uuid, term text, pattern text, out contacts tid[], out calls tid[]) language plpgsql stable security definer parallel restricted set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan set debug_print_plan = off as $$ begin calls := array(select c.ctid from public.calls as c where c.org_id = organization); end $$",
    "schema.functions",
  ],
  [
    "the search's pieces are not the index's",
    "create or replace function ssot_search.grams(organization uuid, said text, shortest integer) returns bigint[] language plpgsql immutable strict parallel safe set search_path = pg_catalog, pg_temp as $$ begin return '{}'; end $$",
    "schema.functions",
  ],
  [
    "the search's pieces depend on the session",
    "alter function ssot_search.grams(uuid, text, integer) reset search_path",
    "schema.search",
  ],
  ["an index of the search is gone", "drop index public.idx_calls_search_number", "schema.search"],
  [
    "the search is its owner's",
    "alter function ssot_search.find_calls(uuid, text, integer, bigint, text, timestamptz, timestamptz) security definer",
    "schema.search",
  ],
  [
    "tenants may enter any number's id",
    `create policy rename on public.organizations for update to authenticated using (true);
     grant update on public.organizations to authenticated`,
    "security.vapi-ids",
  ],
  [
    "everybody may make an organisation with any assistant's id",
    `create policy found on public.organizations for insert with check (true);
     grant insert (vapi_assistant_id) on public.organizations to anon`,
    "security.vapi-ids",
  ],
  ["anon may search", "grant usage on schema ssot_search to anon", "security.search-closed"],
  [
    "everybody may call the search",
    "grant execute on function ssot_search.places(uuid, text, text) to public",
    "security.search-closed",
  ],
  [
    "names follow nothing",
    "create or replace function ssot.contact_name_follows_phone() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as 'begin return new; end'",
    "schema.functions",
  ],
  [
    "the gate is always open",
    "create or replace function ssot.phase3_blockers(migration text default '20260209000400_mark_deprecated', verdicts jsonb default '{}') returns table (code text, message text, can_force boolean) language sql stable as 'select null::text, null::text, true where false'",
    "schema.functions",
  ],
  [
    "every view is ours",
    "create or replace function ssot.view_is_ours() returns boolean language sql stable as 'select true'",
    "schema.functions",
  ],
  [
    "the erasing trigger is on another event",
    "drop trigger ssot_erase_deleted on public.contacts; create trigger ssot_erase_deleted after truncate on public.contacts for each statement execute function ssot.erase_deleted(); alter table public.contacts enable always trigger ssot_erase_deleted",
    "schema.erasure",
  ],
  [
    "the name's trigger never fires",
    "drop trigger contact_name_follows_phone on public.contacts; create trigger contact_name_follows_phone before update of notes on public.contacts for each row when (false) execute function ssot.contact_name_follows_phone()",
    "schema.name-follows-phone",
  ],
  [
    "the audit is open through a group",
    `${group}; grant select on public.deprecated_column_audit to ssot_group_{run}`,
    "security.audit-closed",
    "fail",
    withoutGroup,
  ],
  [
    "the view is open through a group",
    `${group}; grant select on public.calls_with_caller_names to ssot_group_{run}`,
    "security.view-grants",
    "fail",
    withoutGroup,
  ],
  [
    "schema ssot is open through a group",
    `${group}; grant usage on schema ssot to ssot_group_{run}`,
    "security.schema-closed",
    "fail",
    withoutGroup,
  ],
  [
    "the dashboard's role may not read the view",
    "revoke select on public.calls_with_caller_names from authenticated",
    "security.view-readers",
  ],
  [
    "a policy lets tenants see each other's contacts",
    "create policy leak on public.contacts to authenticated using (coalesce(current_setting('request.jwt.claims', true), '') <> '')",
    "security.tenant",
  ],
  [
    "all calls show one contact of their organisation",
    "update public.calls as c set contact_id = (select k.id from public.contacts as k where k.org_id = c.org_id order by k.id limit 1)",
    "integrity.right-contact",
  ],
  [
    "all numbers and links are lost",
    "update public.calls set phone_number = null, contact_id = null",
    "coverage.trend",
  ],
  ["the view is dropped", "drop view public.calls_with_caller_names", "schema.view"],
  [
    "the view is a table",
    "create table public.x as select * from public.calls_with_caller_names; drop view public.calls_with_caller_names; alter table public.x rename to calls_with_caller_names",
    "schema.view",
  ],
  [
    "the view is materialised",
    "create materialized view public.x as select * from public.calls_with_caller_names; drop view public.calls_with_caller_names cascade; create materialized view public.calls_with_caller_names as select c.*, c.phone_number as resolved_caller_name, null::text as contact_email, null::text as contact_lead_status, null::integer as contact_lead_score, 'phone' as name_source from public.calls as c",
    "schema.view",
  ],
  [
    "the view lacks a column",
    lookAlike({ columns: "ct.email as contact_email, ct.lead_status as contact_lead_status" }),
    "schema.view",
  ],
  ["the view was edited", lookAlike({ source: `${source}, 1 as extra` }), "schema.view-unchanged"],
  [
    "the view is its owner's",
    "alter view public.calls_with_caller_names set (security_invoker = false)",
    "security.view-invoker",
  ],
  [
    "the view has no options",
    "alter view public.calls_with_caller_names reset (security_invoker)",
    "security.view-invoker",
  ],
  [
    "the view joins on the id alone",
    lookAlike({ from: "left join public.contacts as ct on ct.id = c.contact_id" }),
    "security.view-wall",
  ],
  [
    "the view's text names no organisation",
    lookAlike({ from: "left join public.contacts as ct on ct.id = c.contact_id" }),
    "security.view-join",
  ],
  [
    "the view shows frozen names",
    lookAlike({ shown: "coalesce(c.caller_name, ct.name, c.phone_number, 'Unknown') as resolved_caller_name" }),
    "live-names.contact-name",
  ],
  [
    "the view resolves by the column",
    lookAlike({ shown: "coalesce(c.caller_name, c.phone_number, 'Unknown') as resolved_caller_name" }),
    "integrity.no-frozen-names",
  ],
  [
    "a name is stored twice again",
    lookAlike({ shown: "coalesce(ct.name, c.caller_name, 'Unknown') as resolved_caller_name" }),
    "integrity.one-name",
  ],
  [
    "the view shows Unknown although there is a number",
    lookAlike({ shown: "coalesce(ct.name, 'Unknown') as resolved_caller_name" }),
    "live-names.no-unknown",
  ],
  [
    "the view leaves historical calls broken",
    lookAlike({
      shown:
        "case when c.created_at < '2026-02-09' then 'Unknown' else coalesce(ct.name, c.phone_number) end as resolved_caller_name",
    }),
    "history.fixed",
  ],
  [
    "the latest calls are shown as Unknown",
    lookAlike({ shown: "'Unknown'::text as resolved_caller_name" }),
    "live-names.latest",
  ],
  [
    "a renamed contact keeps its name",
    lookAlike({
      shown:
        "coalesce(case when ct.name like 'Ssot%' then 'Ssot' else ct.name end, nullif(btrim(c.phone_number), ''), 'Unknown') as resolved_caller_name",
    }),
    "live-names.rename",
  ],
  [
    "the view says contact where none is",
    lookAlike({ source: "'contact'::text as name_source" }),
    "live-names.name-source",
  ],
  [
    "the view hides calls without contact",
    lookAlike({ from: join.replace("left join", "join") }),
    "dashboard.complete",
  ],
  [
    "the view shows calls twice",
    lookAlike({ from: `${join} cross join generate_series(1, 2) as twice` }),
    "dashboard.complete",
  ],
  [
    "search finds nothing by name",
    `drop function ssot_search.find_calls(uuid, text, integer, bigint, text, timestamptz, timestamptz);
     ${lookAlike({
       shown:
         "coalesce(upper(nullif(ct.name, ct.name)), nullif(btrim(c.phone_number), ''), 'Unknown') as resolved_caller_name",
     })}`,
    "dashboard.search",
  ],

  ["the rule on names is dropped", withoutNameRule, "schema.constraints"],
  ["the rule on phones is dropped", withoutPhoneRule, "schema.constraints"],
  [
    "the rule on names is not validated",
    `${withoutNameRule}; alter table public.contacts add constraint contacts_name_must_be_real check (name is not null) not valid`,
    "schema.constraints",
  ],
  [
    "the rule on names is always true",
    `${withoutNameRule}; alter table public.contacts add constraint contacts_name_must_be_real check (name is not null or true)`,
    "schema.rules",
  ],
  [
    "the rule on phones is always true",
    `${withoutPhoneRule}; alter table public.contacts add constraint contacts_phone_must_be_e164 check (length(phone) > 0)`,
    "schema.rules",
  ],
  [
    "the rule on names refuses the own number",
    `delete from public.calls; delete from public.contacts where name = phone; ${withoutNameRule}; alter table public.contacts add constraint contacts_name_must_be_real check (name !~ '^[+0-9() -]+$' and name <> 'Unknown Caller')`,
    "schema.rules",
  ],

  ["the index on contact_id is dropped", "drop index public.idx_calls_contact_id", "schema.indexes"],
  ["the look-up index is dropped", "drop index public.idx_contacts_org_phone", "schema.indexes"],
  ["the unique index is dropped", "drop index public.idx_contacts_org_phone_unique", "schema.indexes"],
  [
    "the unique index is not unique",
    "drop index public.idx_contacts_org_phone_unique; create index idx_contacts_org_phone_unique on public.contacts (org_id, phone)",
    "schema.indexes",
  ],
  [
    "the unique index is partial",
    "drop index public.idx_contacts_org_phone_unique; create unique index idx_contacts_org_phone_unique on public.contacts (org_id, phone) where lead_score > 0",
    "schema.indexes",
  ],
  [
    "an index is on other columns",
    "drop index public.idx_contacts_org_phone; create index idx_contacts_org_phone on public.contacts (phone, org_id)",
    "schema.indexes",
  ],
  [
    "an index is of another table",
    "drop index public.idx_calls_contact_id; create index idx_calls_contact_id on public.messages (contact_id)",
    "schema.indexes",
  ],
  [
    "an index is invalid",
    "update pg_catalog.pg_index set indisvalid = false where indexrelid = 'public.idx_calls_contact_id'::regclass",
    "schema.indexes",
  ],
  [
    "no index finds the calls of a contact",
    "drop index public.idx_calls_contact_id, public.idx_calls_search_contact",
    "performance.contact-calls",
  ],
  [
    "no index finds a contact",
    "drop index public.idx_contacts_org_phone, public.idx_contacts_org_phone_unique",
    "performance.contact-lookup",
  ],
  [
    "no index orders the dashboard's page",
    "drop index public.idx_calls_org_id_created_at",
    "performance.page-order",
    "warn",
  ],

  ["a trigger is dropped", "drop trigger warn_deprecated_writes on public.calls", "schema.triggers"],
  [
    "a trigger is disabled",
    "alter table public.calls disable trigger warn_deprecated_writes_insert",
    "schema.triggers",
  ],
  [
    "a trigger sleeps in replica role",
    "alter table public.calls enable trigger warn_deprecated_writes_value",
    "schema.triggers",
  ],
  [
    "a trigger is on another event",
    "drop trigger warn_deprecated_writes on public.calls; create trigger warn_deprecated_writes after delete on public.calls for each row execute function public.check_deprecated_column_writes_with_audit('caller_name'); alter table public.calls enable always trigger warn_deprecated_writes",
    "schema.triggers",
  ],
  [
    "a trigger watches another column",
    "drop trigger warn_deprecated_writes on public.calls; create trigger warn_deprecated_writes after update of notes on public.calls for each row execute function public.check_deprecated_column_writes_with_audit('caller_name'); alter table public.calls enable always trigger warn_deprecated_writes",
    "schema.triggers",
  ],
  [
    "a trigger calls another function",
    "create function public.nothing() returns trigger language plpgsql as 'begin return null; end'; drop trigger warn_deprecated_writes_text on public.calls; create trigger warn_deprecated_writes_text after insert on public.calls for each statement execute function public.nothing(); alter table public.calls enable always trigger warn_deprecated_writes_text",
    "schema.triggers",
  ],
  [
    "a trigger is told another column",
    "drop trigger warn_deprecated_writes_value on public.calls; create trigger warn_deprecated_writes_value after update on public.calls for each row when (old.caller_name is distinct from new.caller_name) execute function public.check_deprecated_column_writes_with_audit('value', 'public.calls', 'notes'); alter table public.calls enable always trigger warn_deprecated_writes_value",
    "schema.triggers",
  ],
  [
    "a trigger was asleep for a while",
    "alter table public.calls disable trigger warn_deprecated_writes; alter table public.calls enable always trigger warn_deprecated_writes",
    "schema.witness",
  ],
  ["the witness forgets the audit", otherWitness(""), "deprecation-trigger.update"],
  [
    "the witness forgets inserts",
    "create or replace function ssot.audit_write(relation text, col text, row_key jsonb, org_id uuid, old_value text, new_value text, operation text, seen text) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$ begin if operation = 'UPDATE' then insert into public.deprecated_column_audit (table_name, column_name, call_id, org_id, old_value, new_value, operation, seen, role_name) values ('calls', col, (row_key ->> 'id')::uuid, org_id, old_value, new_value, operation, seen, 'x'); raise warning '[DEPRECATED COLUMN WRITE] calls.% was written to', col; end if; end $$",
    "deprecation-trigger.insert",
  ],
  [
    "the witness is silent",
    "create or replace function ssot.audit_write(relation text, col text, row_key jsonb, org_id uuid, old_value text, new_value text, operation text, seen text) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$ begin insert into public.deprecated_column_audit (table_name, column_name, call_id, org_id, old_value, new_value, operation, seen, role_name) values ('calls', col, (row_key ->> 'id')::uuid, org_id, old_value, new_value, operation, seen, 'x'); end $$",
    "deprecation-trigger.warning",
  ],
  [
    "the witness sees what nobody wrote",
    "create function public.gossip() returns trigger language plpgsql as $$ begin insert into public.deprecated_column_audit (table_name, column_name, call_id, operation, seen, role_name) values ('calls', 'caller_name', new.id, 'UPDATE', 'by name', 'x'); return new; end $$; create trigger gossip before update on public.calls for each row execute function public.gossip()",
    "deprecation-trigger.silence",
  ],
  [
    "the witness overlooks equal values",
    "drop trigger warn_deprecated_writes on public.calls; create trigger warn_deprecated_writes after update of caller_name on public.calls for each row when (old.caller_name is distinct from new.caller_name) execute function public.check_deprecated_column_writes_with_audit('name', 'public.calls', 'caller_name'); alter table public.calls enable always trigger warn_deprecated_writes",
    "deprecation-trigger.same-value",
  ],
  ["the witness refuses the write", otherWitness("raise exception 'no';"), "deprecation-trigger.unharmed"],
  [
    "the deprecated columns are forgotten",
    "delete from ssot.deprecated_column where column_name = 'from_number'",
    "schema.deprecated-columns",
  ],
  ["the columns are not marked", "comment on column public.calls.caller_name is null", "schema.deprecated-columns"],
  [
    "the number is stored twice again",
    "comment on column public.calls.from_number is 'the caller'",
    "integrity.one-phone",
  ],
  [
    "a column was dropped by hand",
    "drop view public.calls_with_caller_names cascade; alter table public.calls drop column from_number cascade",
    "schema.deprecated-columns",
  ],
  ["the audit is dropped", "drop table public.deprecated_column_audit", "schema.audit-table"],
  [
    "names no longer follow phones",
    "drop trigger contact_name_follows_phone on public.contacts",
    "schema.name-follows-phone",
  ],
  ["deletes leave traces", "alter table public.contacts disable trigger ssot_erase_deleted", "schema.erasure"],
  [
    "contacts do not say where they come from",
    "alter table public.contacts drop column source cascade",
    "schema.contact-source",
  ],
  ["the witness's record is dropped", "drop table ssot.witness", "schema.migrations"],
  ["the gate is dropped", "drop function ssot.phase3_blockers(text, jsonb)", "schema.migrations"],
  ["the gate's list of bodies is dropped", "drop function ssot.phase3_bodies(text)", "schema.migrations"],
  ["the rule's function is dropped", "drop function ssot.is_placeholder(text)", "schema.migrations"],
  ["the record of the view is dropped", "drop function ssot.view_is_ours() cascade", "schema.migrations"],
  ["the ledger lost a migration", "delete from ssot.ledger where name like '%create_calls_view'", "schema.migrations"],

  [
    "the audit has no row level security",
    "alter table public.deprecated_column_audit disable row level security",
    "security.audit-closed",
  ],
  [
    "the audit is open to tenants",
    "grant select on public.deprecated_column_audit to authenticated",
    "security.audit-closed",
  ],
  [
    "a column of the audit is open",
    "grant select (new_value) on public.deprecated_column_audit to anon",
    "security.audit-closed",
  ],
  ["the view is open to anon", "grant select on public.calls_with_caller_names to anon", "security.view-grants"],
  ["the view is open to everybody", "grant select on public.calls_with_caller_names to public", "security.view-grants"],
  ["schema ssot is open", "grant usage on schema ssot to authenticated", "security.schema-closed"],
  ["a journal is open", "grant select on ssot.journal to public", "security.schema-closed"],
  [
    "the witness looks names up in public",
    "alter function public.check_deprecated_column_writes_with_audit() set search_path = public",
    "security.definer-functions",
  ],
  [
    "the witness may be called by all",
    "grant execute on function public.check_deprecated_column_writes_with_audit() to public",
    "security.definer-functions",
  ],
  ["calls have no row level security", "alter table public.calls disable row level security", "security.row-security"],
  [
    "contacts have no row level security",
    "alter table public.contacts disable row level security",
    "security.row-security",
  ],
  [
    "a policy lets tenants see each other",
    "create policy leak on public.calls to authenticated using (true)",
    "security.tenant",
  ],
  [
    "a policy lets anon see contacts",
    "grant select on public.contacts to anon; create policy leak on public.contacts to anon using (true)",
    "security.no-identity",
  ],

  [
    "a link crosses tenants",
    `update public.calls set contact_id = (select id from public.contacts where org_id = '${secondOrg}' limit 1) where vapi_call_id = 'vapi-seed-01'`,
    "integrity.tenant-links",
  ],
  [
    "a contact is called Unknown Caller",
    `${withoutNameRule}; update public.contacts set name = 'Unknown Caller' where phone = '+14155550101' and org_id = '${firstOrg}'`,
    "dashboard.list",
  ],
  [
    "the recent calls show Unknown Caller",
    `${withoutNameRule}; update public.contacts set name = 'Unknown Caller' where phone = '+14155550171'`,
    "dashboard.recent",
  ],
  [
    "a known caller is unknown",
    `${withoutNameRule}; update public.contacts set name = 'unknown' where phone = '+14155550101'`,
    "integrity.known-callers",
  ],
  [
    "a contact has a placeholder",
    `${withoutNameRule}; update public.contacts set name = '(202) 555-0199' where phone = '+14155550102'`,
    "integrity.real-names",
  ],
  [
    "a contact has a loose number",
    `${withoutPhoneRule}; update public.contacts set phone = '415 555 0102' where phone = '+14155550102'`,
    "integrity.one-phone-format",
  ],
  [
    "two contacts have one number",
    `drop index public.idx_contacts_org_phone_unique; insert into public.contacts (org_id, name, phone) values ('${firstOrg}', 'Twice', '+14155550102')`,
    "integrity.one-contact",
  ],
  [
    "a contact has no call",
    `insert into public.contacts (org_id, name, phone, source) values ('${firstOrg}', 'Apart', '+14155550199', 'inbound-call-auto')`,
    "integrity.contact-with-call",
    "warn",
  ],
  [
    "a call has a loose number",
    newCall("call_direction, phone_number", "'outbound', '(202) 555-0199'"),
    "integrity.call-numbers",
    "warn",
  ],
  [
    "a call has a contact's number and no contact",
    newCall("call_direction, phone_number, created_at", "'inbound', '+14155550101', '2026-01-01'"),
    "integrity.linked",
  ],
  [
    "a new call is not linked",
    newCall("call_direction, phone_number", "'inbound', '+12025550198'"),
    "coverage.inbound-since",
  ],
  [
    "an outbound call is not linked",
    newCall("call_direction, phone_number", "'outbound', '+14155550101'"),
    "coverage.outbound",
  ],
  [
    "most links are lost",
    "update public.calls set contact_id = null where call_direction = 'inbound' and vapi_call_id like 'vapi%'",
    "coverage.inbound",
  ],
  [
    "some links are lost",
    "update public.calls set contact_id = null where vapi_call_id = 'vapi-seed-01'",
    "coverage.trend",
  ],
  [
    "a number stands in from_number alone",
    newCall("call_direction, from_number, created_at", "'inbound', '+12025550197', '2026-01-01'"),
    "history.number-elsewhere",
    "warn",
  ],
  [
    "a contact made by a call has a placeholder",
    `${withoutNameRule}; update public.contacts set name = 'x' where phone = '+14155550171'`,
    "auto-create.contacts",
  ],
  [
    "a contact made by a call has a score of 150",
    "update public.contacts set lead_score = 150 where phone = '+14155550171'",
    "auto-create.scores",
  ],
  [
    "a contact made by a call has no score",
    "update public.contacts set lead_score = null, lead_status = null where phone = '+14155550171'",
    "auto-create.unscored",
    "warn",
  ],
  [
    "new contacts are refused",
    "alter table public.contacts add constraint no_more check (source is distinct from 'inbound-call-auto') not valid",
    "auto-create.first-call",
  ],
  [
    "new contacts get another name",
    "create function public.rename() returns trigger language plpgsql as $$ begin if new.name = new.phone then new.name := 'Somebody'; end if; return new; end $$; create trigger rename before insert on public.contacts for each row execute function public.rename()",
    "auto-create.no-placeholder",
  ],
  [
    "a planned change is left",
    "update ssot.task set planned = planned + 1 where task = 'calls.contact_id'",
    "integrity.journals",
  ],
  [
    "a run was interrupted",
    "update ssot.run set finished_at = null where name like '%mark_deprecated'",
    "integrity.journals",
  ],

  [
    "somebody writes the columns",
    "update public.calls set from_number = from_number where vapi_call_id = 'vapi-seed-01'",
    "phase3.writers",
  ],
  [
    "the witness has slept",
    "alter table public.calls disable trigger warn_deprecated_writes; alter table public.calls enable always trigger warn_deprecated_writes",
    "phase3.witness",
  ],
  [
    "a view reads a column",
    "create view public.callers as select c.caller_name from public.calls as c",
    "phase3.dependents",
  ],
  [
    "a function names a column",
    "create function public.digest() returns bigint language plpgsql as $$ begin return (select count(caller_name) from public.calls); end $$",
    "phase3.functions",
  ],
  [
    "a job names a column",
    "create schema cron; create table cron.job (jobid bigint, command text, database text); insert into cron.job values (1, 'update public.calls set caller_name = null', current_database())",
    "phase3.jobs",
  ],
  [
    "the view reads another table",
    lookAlike({ source: `${source}, (select count(*) from public.messages) as messages` }),
    "phase3.view",
  ],
];
