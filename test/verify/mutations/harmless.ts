import { firstOrg, secondOrg } from "../healthy-case.ts";

/** A situation in which nothing is broken. */
export interface Harmless {
  readonly what: string;
  readonly sql: string;
  readonly undo?: string | undefined;
}

const own = "(org_id = (current_setting('request.jwt.claims', true)::jsonb ->> 'org_id')::uuid)";
const unique = "drop index public.idx_contacts_org_phone_unique";
const lookUp = "drop index public.idx_contacts_org_phone";
const role = "create role ssot_group_{run}";
const withoutRole = "drop owned by ssot_group_{run}; drop role ssot_group_{run}";
const third = "'a0000000-0000-4000-8000-000000000003'";
const organisation = `insert into public.organizations (id, name, email) values (${third}, 'Third', 'third@example.com')`;
/** A trigger after the row that tells somebody. */
const loud = (table: string, name = "tell", event = "insert or update"): string =>
  `create table if not exists public.told (id uuid); create or replace function public.tell() returns trigger language plpgsql as $$ begin insert into public.told values (new.id); return null; end $$;
   create trigger ${name} after ${event} on public.${table} for each row execute function public.tell()`;
const quiet = (table: string, body: string, event = "insert or update"): string =>
  `create function public.touch() returns trigger language plpgsql as $$ begin ${body} return new; end $$; create trigger touch before ${event} on public.${table} for each row execute function public.touch()`;
const remade = (table: string, change: string): string =>
  `drop view public.calls_with_caller_names; alter table public.${table} ${change}; do $$ begin execute 'create view public.calls_with_caller_names with (security_invoker = true) as ' || ssot.calls_view(); end $$;
   revoke all on public.calls_with_caller_names from public, anon; grant select on public.calls_with_caller_names to authenticated`;

export const harmless: readonly Harmless[] = (
  [
    // Indexes.
    ["one more index", "create index calls_by_status on public.calls (status)"],
    [
      "a team's own index serves the look-up, too",
      "create index contacts_team on public.contacts (org_id, phone) include (name)",
    ],
    ["a team's own index begins with the number", "create index contacts_team on public.contacts (phone, org_id)"],
    ["a team's own unique index", "create unique index contacts_team on public.contacts (org_id, phone)"],
    ["a team's own index on contact_id", "create index calls_team on public.calls (contact_id, created_at desc)"],
    ["a hash index on contact_id", "create index calls_team on public.calls using hash (contact_id)"],
    ["a team's own partial index", "create index contacts_team on public.contacts (org_id) where lead_status = 'hot'"],
    ["a BRIN index beside ours", "create index calls_team on public.calls using brin (created_at)"],
    ["an index was rebuilt", "reindex index public.idx_contacts_org_phone_unique"],
    ["all indexes were rebuilt", "reindex table public.contacts; reindex table public.calls"],
    ["the look-up index was renamed", "alter index public.idx_contacts_org_phone rename to contacts_by_number"],
    ["the unique index was renamed", "alter index public.idx_contacts_org_phone_unique rename to contacts_one_number"],
    ["the index on contact_id was renamed", "alter index public.idx_calls_contact_id rename to calls_of_contact"],
    [
      "the look-up index was made anew, with more columns in it",
      `${lookUp}; create index idx_contacts_org_phone on public.contacts (org_id, phone) include (id, name)`,
    ],
    [
      "the look-up index was made anew, with a fill factor",
      `${lookUp}; create index idx_contacts_org_phone on public.contacts (org_id, phone) with (fillfactor = 80)`,
    ],
    [
      "the unique index became a constraint",
      "alter table public.contacts add constraint idx_contacts_org_phone_unique unique using index idx_contacts_org_phone_unique",
    ],
    [
      "a constraint of their own stands for the unique index",
      `${unique}; alter table public.contacts add constraint contacts_org_id_phone_key unique (org_id, phone)`,
    ],
    ["the index of pages was renamed", "alter index public.idx_calls_org_id_created_at rename to calls_pages"],
    [
      "old indexes nobody needs are gone",
      "drop index public.idx_calls_call_direction, public.idx_contacts_referred_by",
    ],
    ["the tables are clustered", "cluster public.calls using calls_pkey"],
    // The view.
    ["security_invoker is spelt on", "alter view public.calls_with_caller_names set (security_invoker = on)"],
    ["security_invoker is spelt 1", "alter view public.calls_with_caller_names set (security_invoker = 1)"],
    ["security_invoker is spelt yes", "alter view public.calls_with_caller_names set (security_invoker = yes)"],
    ["security_invoker is spelt TRUE", "alter view public.calls_with_caller_names set (security_invoker = 'TRUE')"],
    ["the view is a barrier, too", "alter view public.calls_with_caller_names set (security_barrier = true)"],
    ["a comment on the view", "comment on view public.calls_with_caller_names is 'read me'"],
    [
      "the view was made anew by hand",
      "do $$ declare d text := pg_get_viewdef('public.calls_with_caller_names'::regclass); begin drop view public.calls_with_caller_names; execute 'create view public.calls_with_caller_names with (security_invoker = true) as ' || d; end $$; revoke all on public.calls_with_caller_names from public, anon; grant select on public.calls_with_caller_names to authenticated",
    ],
    [
      "a view of theirs stands on ours",
      "create view public.recent with (security_invoker = true) as select id, org_id, resolved_caller_name from public.calls_with_caller_names where created_at > now() - interval '7 days'; grant select on public.recent to authenticated",
    ],
    [
      "a view of theirs asks for the tenant",
      `create view public.mine as select id, org_id, name from public.contacts where ${own}; grant select on public.mine to authenticated`,
    ],
    [
      "a view of theirs stands on ours with its owner's rights",
      "create view public.names as select id, resolved_caller_name from public.calls_with_caller_names; grant select on public.names to authenticated",
    ],
    [
      "a view of theirs is nobody else's",
      "create view public.internal as select * from public.contacts; revoke all on public.internal from public",
    ],
    [
      "a view of theirs counts",
      "create view public.totals as select count(*) as calls from public.calls; grant select on public.totals to authenticated",
    ],
    [
      "one more reader of calls and of the view",
      `${role}; grant select on public.calls, public.contacts, public.calls_with_caller_names to ssot_group_{run}`,
      withoutRole,
    ],
    [
      "the service role may read and write all",
      `${role} bypassrls; grant usage on schema public to ssot_group_{run}; grant all on public.calls, public.contacts, public.calls_with_caller_names to ssot_group_{run}`,
      withoutRole,
    ],
    // Columns, tables, types.
    ["one more column of calls", "alter table public.calls add column campaign text"],
    [
      "one more column of contacts, with a default",
      "alter table public.contacts add column nickname text default 'none'",
    ],
    [
      "one more column that must have a value, with a default",
      "alter table public.calls add column region text not null default 'eu'",
    ],
    [
      "one more generated column",
      "alter table public.contacts add column digits text generated always as (substr(phone, 2)) stored",
    ],
    ["one more identity column", "alter table public.calls add column n bigint generated always as identity"],
    ["a column of calls was renamed", "alter table public.calls rename column notes to remarks"],
    ["a column of contacts was renamed", "alter table public.contacts rename column notes to remarks"],
    ["another column of calls was renamed", "alter table public.calls rename column intent to purpose"],
    ["a column of contacts that nobody reads is gone", "alter table public.contacts drop column booking_source"],
    ["a default that nobody reads is gone", "alter table public.calls alter column metadata drop default"],
    [
      "a default that nobody reads is another",
      "alter table public.contacts alter column metadata set default '{}'; alter table public.calls alter column reconciled set default true",
    ],
    ["a column that nobody writes got a default", "alter table public.calls alter column notes set default ''"],
    [
      "a comment on tables and indexes",
      "comment on table public.calls is 'calls'; comment on index public.idx_calls_contact_id is 'x'; comment on column public.calls.status is 'x'",
    ],
    [
      "one more table that references contacts",
      "create table public.visits (id uuid primary key default gen_random_uuid(), contact_id uuid references public.contacts (id))",
    ],
    [
      "one more table that references calls",
      "create table public.ratings (call_id uuid primary key references public.calls (id) on delete cascade, stars integer)",
    ],
    [
      "one more rule, not validated",
      "alter table public.contacts add constraint short_notes check (length(notes) < 10000) not valid",
    ],
    ["one more rule, validated", "alter table public.calls add constraint lasting check (duration_seconds >= 0)"],
    [
      "a reference waits for the commit",
      "alter table public.calls alter constraint calls_contact_id_fkey deferrable initially deferred",
    ],
    ["another fill factor, fresh statistics", "alter table public.calls set (fillfactor = 90); analyze public.calls"],
    ["autovacuum is tuned", "alter table public.contacts set (autovacuum_vacuum_scale_factor = 0.01)"],
    [
      "more statistics",
      "create statistics public.pairs on org_id, call_direction from public.calls; alter table public.calls alter column org_id set statistics 1000; analyze",
    ],
    [
      "statistics are gone",
      "delete from pg_catalog.pg_statistic where starelid in ('public.calls'::regclass, 'public.contacts'::regclass)",
    ],
    ["a publication of all tables", "create publication ssot_all_{run} for all tables"],
    [
      "a publication of calls",
      "create publication ssot_calls_{run} for table public.calls; alter table public.calls replica identity full",
    ],
    [
      "a partitioned table of theirs",
      "create table public.log (at timestamptz not null) partition by range (at); create table public.log_2026 partition of public.log for values from ('2026-01-01') to ('2027-01-01'); create table public.contact_events_2027 partition of public.contact_events for values from ('2027-01-01') to ('2028-01-01')".replace(
        "; create table public.contact_events_2027 partition of public.contact_events for values from ('2027-01-01') to ('2028-01-01')",
        "",
      ),
    ],
    [
      "a schema and types of theirs",
      "create schema crm; create type crm.tier as enum ('a', 'b'); create table crm.contacts (id uuid, name text); create domain crm.phone as text check (value ~ '^[+]')",
    ],
    [
      "tables of our names in another schema",
      "create schema crm; create table crm.calls (caller_name text); create table crm.contacts (phone text)",
    ],
    [
      "functions of theirs",
      "create function public.greet(text) returns text language sql immutable as $$ select 'Hello ' || $1 $$; create function public.caller() returns text language sql as $$ select 'x'::text $$",
    ],
    [
      "a function of theirs runs as its owner and asks for the tenant",
      `create function public.my_contacts() returns setof public.contacts language sql stable security definer set search_path = '' as $$ select k.* from public.contacts as k where k.org_id = (pg_catalog.current_setting('request.jwt.claims', true)::jsonb ->> 'org_id')::uuid $$`,
    ],
    [
      "a function of theirs runs as its owner, and tenants may not call it",
      "create function public.export() returns setof public.contacts language sql stable security definer as 'select * from public.contacts'; revoke all on function public.export() from public",
    ],
    [
      "a trigger function of theirs runs as its owner",
      "create function public.stamp() returns trigger language plpgsql security definer set search_path = '' as $$ begin new.updated_at := now(); return new; end $$; create trigger stamp before update on public.contacts for each row execute function public.stamp()",
    ],
    [
      "lead_status is an enum of the same words",
      remade(
        "contacts",
        "drop constraint contacts_lead_status_check, alter column lead_status type public.tier using lead_status::public.tier",
      ).replace("drop view", "create type public.tier as enum ('hot', 'warm', 'cold'); drop view"),
    ],
    [
      "call_direction is an enum of the same words",
      remade(
        "calls",
        "drop constraint calls_call_direction_check, alter column call_direction type public.way using call_direction::public.way",
      ).replace("drop view", "create type public.way as enum ('inbound', 'outbound'); drop view"),
    ],
    ["numbers are varchar", remade("calls", "alter column phone_number type varchar(64)")],
    // Triggers.
    ["a trigger keeps updated_at", quiet("calls", "new.updated_at := now();", "update")],
    ["a trigger keeps updated_at of contacts", quiet("contacts", "new.updated_at := now();", "update")],
    [
      "a trigger fills a column of theirs",
      `alter table public.calls add column region text; ${quiet("calls", "new.region := 'eu';")}`,
    ],
    ["a trigger tells of new calls", loud("calls")],
    ["a trigger tells of new contacts", loud("contacts")],
    [
      "triggers tell of both, and of the audit",
      `${loud("calls")}; ${loud("contacts")}; ${loud("deprecated_column_audit")}`,
    ],
    ["a trigger tells of deleted calls", loud("calls", "tell", "delete").replace("new.id", "old.id")],
    [
      "a statement's trigger tells",
      "create table public.told (at timestamptz); create function public.tell() returns trigger language plpgsql as $$ begin insert into public.told values (now()); return null; end $$; create trigger tell after insert on public.calls for each statement execute function public.tell()",
    ],
    [
      "a trigger sends a notification",
      "create function public.announce() returns trigger language plpgsql as $$ begin perform pg_notify('calls', new.id::text); return null; end $$; create trigger announce after insert on public.calls for each row execute function public.announce()",
    ],
    ["a disabled trigger would tell", `${loud("calls")}; alter table public.calls disable trigger tell`],
    ["a trigger tells of new organisations", loud("organizations")],
    // Rows.
    ["one more organisation", "insert into public.organizations (name, email) values ('Third', 'third@example.com')"],
    [
      "an organisation of strangers",
      `${organisation}; insert into public.calls (org_id, vapi_call_id, call_direction, phone_number, created_at) select ${third}, 'stranger-' || n, 'inbound', '+12025551' || lpad(n::text, 3, '0'), '2026-01-05' from generate_series(1, 80) as n`,
    ],
    [
      "an organisation without contacts, of outbound calls",
      `${organisation}; insert into public.calls (org_id, vapi_call_id, call_direction, phone_number) select ${third}, 'out-' || n, 'outbound', '+12025551' || lpad(n::text, 3, '0') from generate_series(1, 80) as n`,
    ],
    [
      "an organisation of anonymous callers",
      `${organisation}; insert into public.calls (org_id, vapi_call_id, call_direction, phone_number, created_at) select ${third}, 'anonymous-' || n, 'inbound', 'anonymous', now() - n * interval '3 hours' from generate_series(1, 120) as n`,
    ],
    [
      "an import of three hundred old calls",
      `insert into public.calls (org_id, vapi_call_id, call_direction, phone_number, created_at) select '${firstOrg}', 'import-' || n, 'inbound', '+1202555' || lpad(n::text, 4, '0'), timestamptz '2025-06-01' + n * interval '1 hour' from generate_series(1, 300) as n`,
    ],
    [
      "an import of three hundred calls without number",
      `insert into public.calls (org_id, vapi_call_id, call_direction, created_at) select '${secondOrg}', 'import-' || n, 'inbound', timestamptz '2025-06-01' + n * interval '1 hour' from generate_series(1, 300) as n`,
    ],
    [
      "an import of contacts without names",
      `insert into public.contacts (org_id, name, phone, source) select '${firstOrg}', '+1202555' || lpad(n::text, 4, '0'), '+1202555' || lpad(n::text, 4, '0'), 'import' from generate_series(1, 300) as n`,
    ],
    [
      "some anonymous callers",
      `insert into public.calls (org_id, vapi_call_id, call_direction, phone_number) select '${firstOrg}', 'anonymous-' || n, 'inbound', x from unnest('{anonymous,restricted,+266696687,"",Unknown}'::text[]) with ordinality as a(x, n)`,
    ],
    [
      "callers by SIP and by extension",
      `insert into public.calls (org_id, vapi_call_id, call_direction, phone_number) select '${firstOrg}', 'sip-' || n, 'inbound', x from unnest('{sip:anna@example.com,1001,204}'::text[]) with ordinality as a(x, n)`,
    ],
    [
      "a web call of our library",
      `insert into public.calls (org_id, vapi_call_id, call_direction, is_test_call) values ('${firstOrg}', 'web', 'inbound', true)`,
    ],
    [
      "a web call with a number",
      `insert into public.calls (org_id, vapi_call_id, call_direction, phone_number, is_test_call) values ('${firstOrg}', 'web', 'inbound', '+12025550177', true)`,
    ],
    [
      "sixty web calls of a test week",
      `insert into public.calls (org_id, vapi_call_id, call_direction, is_test_call) select '${firstOrg}', 'web-' || n, 'inbound', true from generate_series(1, 60) as n`,
    ],
    ["a contact was deleted", "delete from public.contacts where phone = '+14155570004'"],
    [
      "a contact of old calls was deleted",
      `delete from public.contacts where phone = '+14155550101' and org_id = '${firstOrg}'`,
    ],
    [
      "a contact was deleted with its calls",
      "delete from public.calls where phone_number = '+14155570005'; delete from public.contacts where phone = '+14155570005'",
    ],
    [
      "several contacts were deleted",
      "delete from public.contacts where phone in ('+14155570006', '+14155570007', '+14155570008')",
    ],
    ["calls were deleted", "delete from public.calls where vapi_call_id like 'week%' and call_direction = 'outbound'"],
    ["an organisation was deleted", `delete from public.organizations where id = '${secondOrg}'`],
    [
      "a contact was renamed",
      "update public.contacts set name = 'Maya Okafor-Lang' where phone = '+14155550101' and name like 'Maya%'",
    ],
    ["a contact lost its name, by hand", "update public.contacts set name = phone where phone = '+14155570009'"],
    ["a contact has a new number", "update public.contacts set phone = '+12025550166' where phone = '+14155570010'"],
    [
      "two contacts have each other's number",
      `update public.contacts set phone = '+19995550000' where phone = '+14155570011' and org_id = '${firstOrg}'; update public.contacts set phone = '+14155570011' where phone = '+14155570012' and org_id = '${firstOrg}'; update public.contacts set phone = '+14155570012' where phone = '+19995550000'`,
    ],
    [
      "staff sets a tier",
      "update public.contacts set lead_status = 'hot', lead_score = null where phone = '+14155550171'",
    ],
    ["staff takes a tier away", "update public.contacts set lead_status = null where phone = '+14155550172'"],
    [
      "a contact was entered by hand",
      `insert into public.contacts (org_id, name, phone) values ('${firstOrg}', 'By Hand', '+12025550155')`,
    ],
    [
      "a stranger of old calls becomes a contact",
      `insert into public.contacts (org_id, name, phone, source) values ('${firstOrg}', 'Tom Becker', '+14155550107', 'inbound-call-auto'); insert into public.calls (org_id, vapi_call_id, call_direction, phone_number, contact_id) select k.org_id, 'again', 'inbound', k.phone, k.id from public.contacts as k where k.phone = '+14155550107'`,
    ],
    [
      "new callers whose names nobody knows",
      `with k as (insert into public.contacts (org_id, name, phone, source, lead_score, lead_status) select '${firstOrg}', '+1202556' || lpad(n::text, 4, '0'), '+1202556' || lpad(n::text, 4, '0'), 'inbound-call-auto', 40, 'cold' from generate_series(1, 90) as n returning *) insert into public.calls (org_id, vapi_call_id, call_direction, phone_number, contact_id) select k.org_id, 'new-' || k.phone, 'inbound', k.phone, k.id from k`,
    ],
    [
      "names of all scripts",
      `insert into public.contacts (org_id, name, phone) select '${firstOrg}', x, '+1202557000' || n from unnest(array['李', 'محمد علي', 'Ελένη', 'דנה', 'สมชาย', 'Zoë', 'O''Neill', '🦊 Fox', 'Jean-Luc']) with ordinality as a(x, n)`,
    ],
    [
      "a name like a placeholder's beginning",
      `insert into public.contacts (org_id, name, phone) values ('${firstOrg}', 'Unknown Pleasures Ltd', '+12025550144')`,
    ],
    [
      "calls in the future, by a wrong clock",
      `insert into public.calls (org_id, vapi_call_id, call_direction, phone_number, contact_id, created_at) select k.org_id, 'future', 'inbound', k.phone, k.id, now() + interval '2 days' from public.contacts as k where k.phone = '+14155570001' limit 1`,
    ],
    // Rights and policies.
    [
      "tenants may write their own",
      `grant insert, update, delete on public.contacts, public.calls to authenticated; create policy w on public.contacts for all to authenticated using ${own} with check ${own}; create policy w on public.calls for update to authenticated using ${own}`,
    ],
    [
      "policies are split by command",
      `drop policy tenant on public.contacts; create policy s on public.contacts for select to authenticated using ${own}; create policy i on public.contacts for insert to authenticated with check ${own}; create policy u on public.contacts for update to authenticated using ${own}; grant insert, update on public.contacts to authenticated`,
    ],
    ["a policy without a right", "create policy w on public.contacts for update to authenticated using (true)"],
    ["a right without a policy", "grant update, delete on public.calls to authenticated"],
    [
      "policies read the tenant by a function",
      `create function public.tenant() returns uuid language sql stable as $$ select (current_setting('request.jwt.claims', true)::jsonb ->> 'org_id')::uuid $$; alter policy tenant on public.contacts using (org_id = (select public.tenant())); alter policy tenant on public.calls using (org_id = (select public.tenant()))`,
    ],
    [
      "a policy of another role's",
      `${role}; grant select, update on public.contacts to ssot_group_{run}; create policy w on public.contacts to ssot_group_{run} using (true)`,
      withoutRole,
    ],
    [
      "row level security is forced",
      "alter table public.calls force row level security; alter table public.contacts force row level security",
    ],
    ["more restrictive policies", `create policy r on public.contacts as restrictive to authenticated using ${own}`],
    [
      "default privileges of a hosted database",
      `alter default privileges in schema public grant all on tables to anon, authenticated; create table public.later (id uuid); alter table public.later enable row level security`,
    ],
    [
      "a role was renamed",
      "create role ssot_before_{run}; grant select on public.calls to ssot_before_{run}; alter role ssot_before_{run} rename to ssot_after_{run}; revoke select on public.calls from ssot_after_{run}; drop role ssot_after_{run}",
    ],
    // The whole database.
    ["right after a vacuum", "vacuum"],
    [
      "settings of the database",
      "do $$ begin execute format('alter database %I set datestyle = %L', current_database(), 'German'); execute format('alter database %I set search_path = %L', current_database(), 'public'); end $$",
    ],
  ] as const
).map(([what, sql, undo]) => ({ what, sql, undo }));
