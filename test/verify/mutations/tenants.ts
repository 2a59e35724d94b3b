import { firstOrg, secondOrg } from "../healthy-case.ts";
import { failing, type Mutation } from "./mutation.ts";

const own = "(org_id = (current_setting('request.jwt.claims', true)::jsonb ->> 'org_id')::uuid)";
const writes = (table: string, using: string, check = using): string =>
  `grant select, insert, update, delete on public.${table} to authenticated;
   create policy w on public.${table} for update to authenticated using (${using}) with check (${check})`;
const role = "create role ssot_group_{run}";
const withoutRole = "drop owned by ssot_group_{run}; drop role ssot_group_{run}";

/** Tenants who see nothing, or too much, or write what is another's. */
export const tenants: readonly Mutation[] = [
  ...failing(
    "security.tenant",
    ["contacts have no policy any more", "drop policy tenant on public.contacts"],
    ["calls have no policy any more", "drop policy tenant on public.calls"],
    ["neither table has a policy", "drop policy tenant on public.contacts; drop policy tenant on public.calls"],
    ["tenants may not read contacts", "revoke select on public.contacts from authenticated"],
    ["tenants may not read calls", "revoke select on public.calls from authenticated"],
    [
      "tenants may read two columns of contacts only",
      "revoke select on public.contacts from authenticated; grant select (id, phone) on public.contacts to authenticated",
    ],
    ["the policy of contacts lets nobody through", "alter policy tenant on public.contacts using (false)"],
    [
      "the policy of contacts reads another claim",
      "alter policy tenant on public.contacts using (org_id = (current_setting('request.jwt.claims', true)::jsonb ->> 'tenant')::uuid)",
    ],
    [
      "the policy of contacts is another role's",
      `${role}; alter policy tenant on public.contacts to ssot_group_{run}`,
      withoutRole,
    ],
    [
      "a restrictive policy hides contacts",
      "create policy closed on public.contacts as restrictive to authenticated using (name is null)",
    ],
    [
      "the policy of contacts compares the wrong column",
      "alter policy tenant on public.contacts using (id = (current_setting('request.jwt.claims', true)::jsonb ->> 'org_id')::uuid)",
    ],
    [
      "tenants see the contacts of all",
      "create policy leak on public.contacts to authenticated using (current_setting('request.jwt.claims', true) <> '')",
    ],
    [
      "tenants see the calls of all",
      "create policy leak on public.calls to authenticated using (current_setting('request.jwt.claims', true) <> '')",
    ],
    [
      "tenants see the inbound calls of all",
      "create policy leak on public.calls for select to authenticated using (call_direction = 'inbound' and current_setting('request.jwt.claims', true) <> '')",
    ],
    [
      "one tenant sees another's",
      `create policy leak on public.contacts for select to authenticated using (org_id = '${secondOrg}' and current_setting('request.jwt.claims', true) like '%${firstOrg}%')`,
    ],
    ["tenants bypass row level security", "alter role authenticated bypassrls", "alter role authenticated nobypassrls"],
  ),
  ...failing(
    "security.no-identity",
    [
      "a policy forgets who asks",
      "create policy leak on public.calls for select to authenticated using (coalesce(current_setting('request.jwt.claims', true), '') = '')",
    ],
    [
      "anon sees contacts",
      "grant select on public.contacts to anon; create policy leak on public.contacts to anon using (true)",
    ],
    [
      "anon sees calls",
      "grant select on public.calls to anon; create policy leak on public.calls to anon using (true)",
    ],
  ),
  ...failing(
    "security.row-security",
    ["calls have no row level security", "alter table public.calls disable row level security"],
    ["contacts have no row level security", "alter table public.contacts disable row level security"],
    [
      "tenants may write contacts without row level security",
      "alter table public.contacts disable row level security; revoke select on public.contacts from authenticated; grant update on public.contacts to authenticated; create policy x on public.contacts using (true)",
    ],
  ),
  ...failing(
    "security.tenant-writes",
    ["tenants may change others' contacts", writes("contacts", "true")],
    ["tenants may change others' calls", writes("calls", "true")],
    ["tenants may move contacts into their organisation", writes("contacts", "true", own)],
    ["tenants may give contacts away", writes("contacts", own, "true")],
    [
      "tenants may delete others' contacts",
      "grant delete on public.contacts to authenticated; create policy w on public.contacts for delete to authenticated using (true)",
    ],
    [
      "tenants may delete others' calls",
      "grant delete on public.calls to authenticated; create policy w on public.calls for delete to authenticated using (call_direction = 'inbound')",
    ],
    [
      "tenants may insert calls for others",
      "grant insert on public.calls to authenticated; create policy w on public.calls for insert to authenticated with check (true)",
    ],
    [
      "tenants may insert contacts for others",
      "grant insert on public.contacts to authenticated; create policy w on public.contacts for insert to authenticated with check (name is not null)",
    ],
    [
      "everybody with an identity may change contacts",
      "grant update on public.contacts to authenticated; create policy w on public.contacts for update using (current_setting('request.jwt.claims', true) <> '')",
    ],
    [
      "tenants may rename others' contacts, by column",
      "grant update (name) on public.contacts to authenticated; create policy w on public.contacts for update to authenticated using (true)",
    ],
  ),
  ...failing(
    "security.tenant-views",
    [
      "a view of the owner shows all contacts",
      "create view public.directory as select id, org_id, name, phone from public.contacts; grant select on public.directory to authenticated",
    ],
    [
      "a view of the owner shows all calls",
      "create view public.all_calls as select id, org_id, phone_number from public.calls; grant select on public.all_calls to authenticated",
    ],
    [
      "a view without the organisation shows all numbers",
      "create view public.numbers as select phone from public.contacts; grant select on public.numbers to authenticated",
    ],
    [
      "a view upon a view shows all",
      "create view public.a as select * from public.contacts; create view public.b with (security_invoker = true) as select * from public.a; grant select on public.a, public.b to authenticated",
    ],
    [
      "a materialised view keeps all contacts",
      "create materialized view public.kept as select id, org_id, name from public.contacts; grant select on public.kept to authenticated",
    ],
    [
      "a view is open to everybody",
      "create view public.directory as select org_id, name, phone from public.contacts; grant select on public.directory to public",
    ],
    [
      "a view with a join shows all",
      "create view public.joined as select c.id, k.name from public.calls as c join public.contacts as k on k.id = c.contact_id; grant select on public.joined to authenticated",
    ],
    [
      "a view shows one column by grant",
      "create view public.directory as select id, name, phone from public.contacts; grant select (name) on public.directory to authenticated",
    ],
  ),
  ...failing(
    "security.definer-reads",
    [
      "a function gives all contacts to tenants",
      "create function public.all_contacts() returns setof public.contacts language sql stable security definer as 'select * from public.contacts'",
    ],
    [
      "a function gives all calls to tenants",
      "create function public.all_calls() returns table (id uuid, phone text) language plpgsql stable security definer as $$ begin return query select c.id, c.phone_number from public.calls as c; end $$",
    ],
    [
      "a function gives all names to tenants",
      "create function public.names() returns setof text language sql stable security definer as 'select resolved_caller_name from public.calls_with_caller_names'; revoke all on function public.names() from public; grant execute on function public.names() to authenticated",
    ],
  ),
  ...failing(
    "security.view-invoker",
    ["the view asks as its owner", "alter view public.calls_with_caller_names set (security_invoker = false)"],
    ["the view asks as its owner, spelt off", "alter view public.calls_with_caller_names set (security_invoker = off)"],
    ["the view has no option", "alter view public.calls_with_caller_names reset (security_invoker)"],
  ),
  ...failing(
    "security.view-grants",
    ["anon may read the view", "grant select on public.calls_with_caller_names to anon"],
    ["everybody may read the view", "grant select on public.calls_with_caller_names to public"],
    [
      "anon may read a column of the view",
      "grant select (resolved_caller_name) on public.calls_with_caller_names to anon",
    ],
    [
      "anon may read the view by another role",
      `${role}; grant ssot_group_{run} to anon; grant select on public.calls_with_caller_names to ssot_group_{run}`,
      withoutRole,
    ],
  ),
  ...failing(
    "security.view-readers",
    ["tenants may not read the view", "revoke select on public.calls_with_caller_names from authenticated"],
    [
      "a reader of calls may not read the view",
      `${role}; grant select on public.calls, public.contacts to ssot_group_{run}`,
      withoutRole,
    ],
  ),
  ...failing(
    "security.audit-closed",
    ["tenants may read the audit", "grant select on public.deprecated_column_audit to authenticated"],
    ["anon may read a column of the audit", "grant select (old_value) on public.deprecated_column_audit to anon"],
    ["the audit has no row level security", "alter table public.deprecated_column_audit disable row level security"],
    ["tenants may delete from the audit", "grant delete on public.deprecated_column_audit to authenticated"],
    ["tenants may empty the audit", "grant truncate on public.deprecated_column_audit to authenticated"],
  ),
  ...failing(
    "security.schema-closed",
    ["tenants may look into schema ssot", "grant usage on schema ssot to authenticated"],
    ["anon may make things in schema ssot", "grant create on schema ssot to anon"],
    ["everybody may read a journal", "grant select on ssot.journal to public"],
    ["tenants may read a sequence of ours", "grant usage on all sequences in schema ssot to authenticated"],
    ["everybody may run the engine", "grant execute on routine ssot.apply_journal(text, boolean, bigint) to public"],
    ["tenants may read a column of the ledger", "grant select (name) on ssot.ledger to authenticated"],
  ),
  ...failing(
    "security.definer-functions",
    [
      "the witness finds names in public",
      "alter function public.check_deprecated_column_writes_with_audit() set search_path = public",
    ],
    [
      "the witness has no search path",
      "alter function public.check_deprecated_column_writes_with_audit() reset search_path",
    ],
    [
      "the eraser finds names in public first",
      "alter function ssot.erase_deleted() set search_path = public, pg_catalog",
    ],
    [
      "everybody may call the witness",
      "grant execute on function public.check_deprecated_column_writes_with_audit() to public",
    ],
    ["tenants may call the eraser", "grant execute on function ssot.erase_deleted() to authenticated"],
  ),
  ...failing(
    "security.search-closed",
    ["everybody may search", "grant execute on function ssot_search.places(uuid, text, text) to public"],
    ["anon may search", "grant usage on schema ssot_search to anon"],
  ),
  ...failing(
    "security.vapi-ids",
    [
      "tenants may enter any number's id",
      "create policy rename on public.organizations for update to authenticated using (true); grant update on public.organizations to authenticated",
    ],
    [
      "anon may enter an assistant's id",
      "create policy found on public.organizations for insert with check (true); grant insert (vapi_assistant_id) on public.organizations to anon",
    ],
  ),
];
