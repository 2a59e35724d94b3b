import type { Layout } from "./layout.ts";

const wider = "would be replaced and lose columns that ours has not";

// As an application has it: twenty columns of three tables, the old ones under other names.
const dashboardView = `
  create view public.calls_with_caller_names as
  select c.id, c.org_id, c.vapi_call_id, c.contact_id, c.call_direction, c.phone_number, c.status, c.created_at,
    coalesce(ct.name, c.caller_name, 'Unknown') as resolved_caller_name, ct.email as contact_email,
    c.caller_name as legacy_name, c.from_number as legacy_number, ct.lead_status, ct.lead_score, ct.service_interests as interests,
    ct.last_contacted_at, ap.starts_at as next_appointment, ap.notes as appointment_notes, o.name as organisation
  from public.calls as c
  join public.organizations as o on o.id = c.org_id
  left join public.contacts as ct on ct.id = c.contact_id
  left join lateral (select a.starts_at, a.notes from public.appointments as a
                     where a.contact_id = c.contact_id order by a.starts_at limit 1) as ap on true`;

// What ours does, in other words, and more of it.
const rightView = (further: string, joins = "", options = "security_invoker = on"): string => `
  create view public.calls_with_caller_names with (${options}) as
  with known as (select * from public.contacts)
  select ${further}coalesce(k.name, nullif(btrim(c.phone_number), ''), 'Unknown') as resolved_caller_name,
    k.email as contact_email, k.lead_status as contact_lead_status, k.lead_score as contact_lead_score,
    case when k.name is null and coalesce(c.phone_number, '') !~ '^[[:space:]]*[+(]*[0-9]' then 'unknown'
         when k.name <> k.phone then 'contact' else 'phone' end as name_source, c.*
  from public.calls as c left join known as k on k.org_id = c.org_id and k.id = c.contact_id ${joins}`;

const shows = (column: string): string =>
  `exists (select from pg_attribute where attrelid = 'public.calls_with_caller_names'::regclass and attname = '${column}' and not attisdropped)`;
const oldOnesGone = `not ${shows("caller_name")} and not ${shows("from_number")}`;

/** A view of our name that somebody made, and what stands on it. */
export const viewLayouts: readonly Layout[] = [
  {
    what: "a dashboard's view of nineteen columns",
    always: true,
    sql: dashboardView,
    right: {
      code: "PREFLIGHT",
      says: `${wider}: legacy_name, legacy_number, lead_status, lead_score, interests, last_contacted_at, next_appointment, appointment_notes, organisation`,
    },
  },
  {
    what: "a dashboard's view that may be replaced",
    sql: `${dashboardView}; grant select on public.calls_with_caller_names to {role}; comment on view public.calls_with_caller_names is 'dashboard'`,
    right: "works",
    options: { replaceView: true },
    doctorSays: wider,
    after: `${shows("name_source")} and not ${shows("interests")}`,
  },
  {
    what: "a wider view that does what ours does",
    sql: rightView(
      "o.name as organisation, next.starts_at as next_appointment, ",
      `join public.organizations as o on o.id = c.org_id left join lateral (
         select a.starts_at from public.appointments as a where a.contact_id = c.contact_id order by 1 limit 1) as next on true`,
    ),
    right: "works",
    after: `${shows("organisation")} and ${shows("caller_name")}`,
    afterDrop: `${shows("organisation")} and ${shows("next_appointment")} and ${shows("name_source")} and ${oldOnesGone}`,
  },
  {
    what: "a right view with comments, grants, a default and a trigger",
    sql: `${rightView("")};
      comment on view public.calls_with_caller_names is 'by hand';
      comment on column public.calls_with_caller_names.caller_name is 'old';
      alter view public.calls_with_caller_names alter column from_number set default 'none';
      create function public.no_write() returns trigger language plpgsql as 'begin return null; end';
      create trigger no_write instead of insert on public.calls_with_caller_names for each row execute function public.no_write();
      comment on trigger no_write on public.calls_with_caller_names is 'closed';
      grant select (id, caller_name) on public.calls_with_caller_names to {role};
      grant select on public.calls_with_caller_names to public`,
    right: "works",
    after:
      "not has_table_privilege('public', 'public.calls_with_caller_names', 'select') and has_column_privilege('{role}', 'public.calls_with_caller_names', 'caller_name', 'select')",
    afterDrop: oldOnesGone,
  },
  {
    what: "a right view that also shows an old column under another name",
    sql: rightView("lower(c.caller_name) as legacy_name, "),
    right: { code: "PREFLIGHT", says: `${wider}: legacy_name (it reads a deprecated column in legacy_name)` },
  },
  {
    what: "a right view that decides by an old column",
    sql: rightView("case when c.caller_name ~ 'VIP' then true end as vip, "),
    right: { code: "PREFLIGHT", says: `${wider}: vip (it reads a deprecated column` },
  },
  {
    what: "a wider view without the tenant's join",
    sql: rightView("o.name as organisation, ", "join public.organizations as o on o.id = c.org_id").replace(
      "k.org_id = c.org_id and ",
      "",
    ),
    right: { code: "PREFLIGHT", says: `${wider}: organisation (it shows something else in contact_email` },
  },
  {
    what: "a wider view that asks as its owner",
    sql: rightView("c.id::text as key, ", "", "security_barrier = true"),
    right: { code: "PREFLIGHT", says: `${wider}: key (it does not ask with the rights of its reader` },
  },
  {
    what: "a wider view that shows a call for each appointment",
    sql: rightView("a.starts_at, ", "left join public.appointments as a on a.contact_id = k.id"),
    right: { code: "PREFLIGHT", says: `${wider}: starts_at (it does not show each call once)` },
  },
  {
    what: "a wider view with a function that might do anything",
    sql: `create function public.seen(id uuid) returns uuid language plpgsql volatile as 'begin return id; end';
      ${rightView("public.seen(c.id) as seen, ")}`,
    right: { code: "PREFLIGHT", says: "runs what is not to be trusted: function public.seen(uuid)" },
  },
  {
    what: "the document's view, which shows no more than ours",
    sql: `create view public.calls_with_caller_names as select c.*, coalesce(ct.name, c.phone_number, 'Unknown') as resolved_caller_name,
        ct.email as contact_email, ct.lead_status as contact_lead_status, ct.lead_score as contact_lead_score, 'contact' as name_source
      from public.calls as c left join public.contacts as ct on c.contact_id = ct.id`,
    right: "works",
    after:
      "(select 'security_invoker=true' = any (reloptions) from pg_class where oid = 'public.calls_with_caller_names'::regclass)",
  },
  {
    what: "views that stand on the view, one on the other, in another schema",
    sql: `create view public.calls_with_caller_names as select id, org_id, created_at, status from public.calls;
      create schema app;
      create view app.recent with (security_barrier = true) as select id, created_at from public.calls_with_caller_names;
      create view app.today as select r.id, v.status from app.recent as r join public.calls_with_caller_names as v using (id);
      comment on view app.today is 'today''s'; comment on column app.today.status is 'said';
      alter view app.today alter column status set default 'new';
      create rule no_insert as on insert to app.today do instead nothing; comment on rule no_insert on app.today is 'closed';
      grant select on app.recent to {role} with grant option; grant select (id) on app.today to {role}`,
    right: "works",
    after: "(select count(*) = 2 from app.today) and has_column_privilege('{role}', 'app.today', 'id', 'select')",
    afterDrop: "(select count(*) = 2 from app.today) and has_table_privilege('{role}', 'app.recent', 'select')",
  },
  {
    what: "a view on the view that reads what ours has not",
    sql: `create view public.calls_with_caller_names as select id, status as state from public.calls;
      create view public.states as select state from public.calls_with_caller_names`,
    right: {
      code: "PREFLIGHT",
      says: "view public.states depends on the view calls_with_caller_names, which would be replaced: it reads state",
    },
    options: { replaceView: true },
  },
  {
    what: "a view on the view that reads a column which ours has of another type",
    sql: `create view public.calls_with_caller_names as select id, status::varchar(20) as status from public.calls;
      create view public.states as select status from public.calls_with_caller_names`,
    right: { code: "PREFLIGHT", says: "it reads status" },
  },
  {
    what: "a materialised view on the view",
    sql: `create view public.calls_with_caller_names as select id from public.calls;
      create materialized view public.kept as select id from public.calls_with_caller_names`,
    right: { code: "PREFLIGHT", says: "it is materialised" },
  },
  {
    what: "somebody else's view on the view",
    sql: `create view public.calls_with_caller_names as select id from public.calls;
      create view public.theirs as select id from public.calls_with_caller_names;
      alter view public.calls_with_caller_names owner to {role}`,
    byMigrator: true,
    right: { code: "PREFLIGHT", says: "view public.theirs depends on the view calls_with_caller_names" },
  },
  {
    what: "a policy that asks the view",
    sql: `create view public.calls_with_caller_names as select id, org_id from public.calls;
      alter table public.messages enable row level security;
      create policy known on public.messages using (exists (select from public.calls_with_caller_names as v where v.org_id = messages.org_id))`,
    right: { code: "PREFLIGHT", says: "policy known on table public.messages depends on the view" },
  },
  {
    what: "an old column with a collation of its own",
    always: true,
    sql: `alter table public.calls alter from_number type text collate "C"`,
    right: "works",
    afterDrop: oldOnesGone,
  },
  {
    what: "old columns as varchar and as a domain",
    sql: `create domain public.number as text check (value <> 'impossible');
      alter table public.calls alter caller_name type varchar(80), alter from_number type public.number`,
    right: "works",
    afterDrop: oldOnesGone,
  },
  {
    what: "rights on single columns of calls",
    sql: "grant select (id, org_id, caller_name), update (from_number) on public.calls to {role}",
    right: "works",
    after: `has_column_privilege('{role}', 'public.calls_with_caller_names', 'caller_name', 'select')
      and not has_column_privilege('{role}', 'public.calls_with_caller_names', 'status', 'select')`,
    afterDrop: "has_column_privilege('{role}', 'public.calls_with_caller_names', 'org_id', 'select')",
  },
];
