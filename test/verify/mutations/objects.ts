import { failing, type Mutation } from "./mutation.ts";

const view = "public.calls_with_caller_names";
const shown = "coalesce(ct.name, nullif(btrim(c.phone_number), ''), 'Unknown') as resolved_caller_name";
const further = "ct.email as contact_email, ct.lead_status as contact_lead_status, ct.lead_score as contact_lead_score";
const source =
  "case when ct.name <> ct.phone then 'contact' when ct.name is not null or c.phone_number is not null then 'phone' else 'unknown' end as name_source";
const join = "left join public.contacts as ct on ct.id = c.contact_id and ct.org_id = c.org_id";

/** A look-alike of the view, with one part changed. */
function lookAlike(change: { shown?: string; from?: string; source?: string; further?: string }): string {
  const said = { shown, from: join, source, further, ...change };
  return `drop view ${view};
    create view ${view} with (security_invoker = true) as
    select c.*, ${said.shown}, ${said.further}, ${said.source} from public.calls as c ${said.from};
    revoke all on ${view} from public, anon; grant select on ${view} to authenticated`;
}

const gone = (name: string): string => `drop table ${name} cascade`;
const unique = "drop index public.idx_contacts_org_phone_unique";
const lookUp = "drop index public.idx_contacts_org_phone";
const ofContact = "drop index public.idx_calls_contact_id";

/** Objects that are gone, or were replaced by others. */
export const objects: readonly Mutation[] = [
  ...failing(
    "schema.view",
    ["the view is gone", `drop view ${view}`],
    [
      "the view is a table",
      `create table public.x as select * from ${view}; drop view ${view}; alter table public.x rename to calls_with_caller_names`,
    ],
    ["the view lacks a column", lookAlike({ further: "ct.email as contact_email" })],
    ["the view has another name", `alter view ${view} rename to calls_with_names`],
  ),
  ...failing(
    "schema.view-unchanged",
    [
      "the view shows frozen names",
      lookAlike({ shown: "coalesce(c.caller_name, ct.name, c.phone_number, 'Unknown') as resolved_caller_name" }),
    ],
    [
      "the view shows frozen names where there is no contact",
      lookAlike({ shown: "coalesce(ct.name, c.caller_name, c.phone_number, 'Unknown') as resolved_caller_name" }),
    ],
    [
      "the view shows from_number",
      lookAlike({ shown: "coalesce(ct.name, c.phone_number, c.from_number, 'Unknown') as resolved_caller_name" }),
    ],
    ["the view hides calls without contact", lookAlike({ from: join.replace("left join", "join") })],
    ["the view shows calls twice", lookAlike({ from: `${join} cross join generate_series(1, 2) as n` })],
    ["the view shows no name", lookAlike({ shown: "c.phone_number as resolved_caller_name" })],
    [
      "the view shows names in capitals",
      lookAlike({ shown: "upper(coalesce(ct.name, c.phone_number, 'Unknown')) as resolved_caller_name" }),
    ],
    ["the view hides historical calls", lookAlike({ from: `${join} where c.created_at > '2026-02-01'` })],
    ["the view shows a page only", lookAlike({ from: `${join} limit 50` })],
    ["the view calls every name a contact's", lookAlike({ source: "'contact'::text as name_source" })],
  ),
  ...failing("security.view-join", [
    "the view joins on the id alone",
    lookAlike({ from: "left join public.contacts as ct on ct.id = c.contact_id" }),
  ]),
  ...failing(
    "schema.constraints",
    ["the rule on names is gone", "alter table public.contacts drop constraint contacts_name_must_be_real"],
    ["the rule on numbers is gone", "alter table public.contacts drop constraint contacts_phone_must_be_e164"],
    [
      "the rule on numbers has another name",
      "alter table public.contacts rename constraint contacts_phone_must_be_e164 to phones",
    ],
    [
      "the rule on numbers is not validated",
      "alter table public.contacts drop constraint contacts_phone_must_be_e164; do $$ begin execute format('alter table public.contacts add constraint contacts_phone_must_be_e164 check (%s) not valid', ssot.phone_rule()); end $$",
    ],
    [
      "the rule on names is not validated",
      "alter table public.contacts drop constraint contacts_name_must_be_real; do $$ begin execute format('alter table public.contacts add constraint contacts_name_must_be_real check (%s) not valid', ssot.name_rule()); end $$",
    ],
  ),
  ...failing(
    "schema.indexes",
    ["the unique index is gone", unique],
    ["the look-up index is gone", lookUp],
    ["the index on contact_id is gone", ofContact],
    [
      "the unique index is not unique",
      `${unique}; create index idx_contacts_org_phone_unique on public.contacts (org_id, phone)`,
    ],
    [
      "the unique index is partial",
      `${unique}; create unique index idx_contacts_org_phone_unique on public.contacts (org_id, phone) where source = 'inbound-call-auto'`,
    ],
    [
      "the unique index is on an expression",
      `${unique}; create unique index idx_contacts_org_phone_unique on public.contacts (org_id, lower(phone))`,
    ],
    [
      "the unique index is on three columns",
      `${unique}; create unique index idx_contacts_org_phone_unique on public.contacts (org_id, phone, email)`,
    ],
    [
      "the look-up index is BRIN",
      `${lookUp}; create index idx_contacts_org_phone on public.contacts using brin (org_id, phone)`,
    ],
    [
      "the look-up index is collated otherwise",
      `${lookUp}; create index idx_contacts_org_phone on public.contacts (org_id, phone collate "C")`,
    ],
    [
      "the look-up index is partial",
      `${lookUp}; create index idx_contacts_org_phone on public.contacts (org_id, phone) where lead_score > 50`,
    ],
    [
      "the look-up index is on the organisation alone",
      `${lookUp}; create index idx_contacts_org_phone on public.contacts (org_id) include (phone)`,
    ],
    [
      "the look-up index is another table's",
      `${lookUp}; create index idx_contacts_org_phone on public.messages (org_id, contact_id)`,
    ],
    [
      "the look-up index is invalid",
      "update pg_catalog.pg_index set indisvalid = false where indexrelid = 'public.idx_contacts_org_phone'::regclass",
    ],
    [
      "the unique index is not ready",
      "update pg_catalog.pg_index set indisready = false where indexrelid = 'public.idx_contacts_org_phone_unique'::regclass",
    ],
    [
      "the index on contact_id is BRIN",
      `${ofContact}; create index idx_calls_contact_id on public.calls using brin (contact_id)`,
    ],
    [
      "the index on contact_id is partial",
      `${ofContact}; create index idx_calls_contact_id on public.calls (contact_id) where call_direction = 'outbound'`,
    ],
    [
      "the index on contact_id begins with another column",
      `${ofContact}; create index idx_calls_contact_id on public.calls (status, contact_id)`,
    ],
  ),
  ...failing(
    "schema.search",
    ["an index of the search is gone", "drop index public.idx_calls_search_number"],
    [
      "the search is its owner's",
      "alter function ssot_search.find_calls(uuid, text, integer, bigint, text, timestamptz, timestamptz) security definer",
    ],
    [
      "the search's pieces depend on the session",
      "alter function ssot_search.grams(uuid, text, integer) reset search_path",
    ],
  ),
  ...failing(
    "schema.migrations",
    ["the journals are gone", gone("ssot.journal")],
    ["the tasks are gone", gone("ssot.task")],
    ["the record of objects is gone", gone("ssot.object")],
    ["the tally is gone", gone("ssot.tally")],
    ["the runs are gone", gone("ssot.run")],
    ["the merge plan is gone", gone("ssot.merge_plan")],
    ["the quarantine is gone", gone("ssot.contact_quarantine")],
    ["what could not be restored is gone", gone("ssot.unrestored")],
    ["the deletes that are due are gone", gone("ssot.erasure_due")],
    ["the witness's record is gone", gone("ssot.witness")],
    ["the last writes are gone", gone("ssot.deprecated_write")],
    ["the recorded runs are gone", gone("ssot.verification_runs")],
    ["the record of deprecations is gone", gone("ssot.deprecated_column")],
    ["the journal lost a column", "alter table ssot.journal drop column old"],
    ["the ledger lost a migration", "delete from ssot.ledger where name like '%validate_contact_names'"],
    ["the eraser of audit rows is gone", "drop function ssot.blank_audit_row() cascade"],
    ["the undo is gone", "drop routine ssot.undo_journal(text, boolean, bigint) cascade"],
    ["the gate is gone", "drop function ssot.phase3_blockers(text, jsonb)"],
    ["the rule's function is gone", "drop function ssot.is_placeholder(text)"],
  ),
  ...failing(
    "schema.functions",
    [
      "deletes remove nothing",
      "create or replace function ssot.erase_deleted() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp set lock_timeout = '50ms' as 'begin return null; end'",
    ],
    [
      "a delete erases nothing of the audit",
      "create or replace function ssot.blank_audit_row() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as 'begin return new; end'",
    ],
    [
      "the gate is always open",
      "create or replace function ssot.phase3_blockers(migration text default '20260209000400_mark_deprecated', verdicts jsonb default '{}') returns table (code text, message text, can_force boolean) language sql stable as 'select null::text, null::text, true where false'",
    ],
    [
      "every view is ours",
      "create or replace function ssot.view_is_ours() returns boolean language sql stable as 'select true'",
    ],
    [
      "nothing is a placeholder",
      "create or replace function ssot.is_placeholder(name text) returns boolean language sql immutable as 'select false'",
    ],
    [
      "names follow nothing",
      "create or replace function ssot.contact_name_follows_phone() returns trigger language plpgsql set search_path = pg_catalog, pg_temp as 'begin return new; end'",
    ],
    [
      "the undo restores nothing",
      "do $do$ begin execute (select replace(pg_get_functiondef(p.oid), p.prosrc, ' begin n := 0; restored := 0; kept := 0; end ') from pg_proc as p where p.proname = 'undo_one_by_one' and p.pronamespace = 'ssot'::regnamespace); end $do$",
    ],
  ),
  ...failing(
    "schema.erasure",
    ["deletes of contacts leave traces", "alter table public.contacts disable trigger ssot_erase_deleted"],
    ["deletes of calls leave traces", "drop trigger ssot_erase_deleted on public.calls"],
    ["audit rows keep what deleted calls said", "drop trigger blank_audit_row on public.deprecated_column_audit"],
  ),
  ...failing(
    "schema.name-follows-phone",
    ["names no longer follow numbers", "drop trigger contact_name_follows_phone on public.contacts"],
    [
      "names follow nothing that is changed",
      "drop trigger contact_name_follows_phone on public.contacts; create trigger contact_name_follows_phone before update of notes on public.contacts for each row when (false) execute function ssot.contact_name_follows_phone()",
    ],
    [
      "names follow in replica sessions only",
      "alter table public.contacts enable replica trigger contact_name_follows_phone",
    ],
  ),
  ...failing("schema.contact-source", [
    "contacts do not say where they come from",
    "alter table public.contacts drop column source cascade",
  ]),
  ...failing(
    "schema.audit-table",
    ["the audit is gone", "drop table public.deprecated_column_audit"],
    ["the audit lost a column", "alter table public.deprecated_column_audit drop column statement"],
    ["the audit has another name", "alter table public.deprecated_column_audit rename to audit"],
  ),
  ...failing(
    "schema.deprecated-columns",
    ["a column says nothing of its end", "comment on column public.calls.caller_name is null"],
    ["a column says something else", "comment on column public.calls.from_number is 'the caller'"],
    ["a deprecation is forgotten", "delete from ssot.deprecated_column where column_name = 'from_number'"],
    ["a column has another name", "alter table public.calls rename column from_number to caller_number"],
  ),
];
