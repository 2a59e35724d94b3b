import { failing, type Mutation } from "./mutation.ts";

/** A BEFORE ROW trigger with this body; where it returns nothing else, NEW. */
function before(event: string, table: string, body: string, end = "return new;"): string {
  return `create function public.meddle() returns trigger language plpgsql as $$ begin ${body} ${end} end $$;
    create trigger meddle before ${event} on public.${table} for each row execute function public.meddle()`;
}

const enumOf = (table: string, column: string, labels: string): string =>
  `drop view public.calls_with_caller_names; alter table public.${table} drop constraint if exists calls_call_direction_check, drop constraint if exists contacts_lead_status_check;
   create type public.said as enum (${labels}); alter table public.${table} alter column ${column} drop default; alter table public.${table} alter column ${column} type public.said using ${column}::public.said;
   do $$ begin execute 'create view public.calls_with_caller_names with (security_invoker = true) as ' || ssot.calls_view(); end $$;
   revoke all on public.calls_with_caller_names from public, anon; grant select on public.calls_with_caller_names to authenticated`;

/** What the webhook cannot write any more, or what somebody's trigger makes of it. */
export const writes: readonly Mutation[] = [
  ...failing(
    "auto-create.columns",
    [
      "caller_name must have a value",
      "delete from public.calls where caller_name is null; delete from public.contacts where source = 'inbound-call-auto'; alter table public.calls alter column caller_name set not null",
    ],
    [
      "a new column must have a value",
      "alter table public.calls add column agent_id uuid; update public.calls set agent_id = gen_random_uuid(); alter table public.calls alter column agent_id set not null",
    ],
    [
      "a contact must have an e-mail address",
      "update public.contacts set email = id || '@example.com' where email is null; alter table public.contacts alter column email set not null",
    ],
    [
      "a call must say where it led",
      "update public.calls set to_number = '1' where to_number is null; alter table public.calls alter column to_number set not null",
    ],
    ["a call must have a number", "alter table public.calls alter column phone_number set not null"],
    [
      "a call must have a contact",
      "delete from public.calls where contact_id is null; alter table public.calls alter column contact_id set not null",
    ],
    ["ids of contacts come from nowhere", "alter table public.contacts alter column id drop default"],
    ["ids of calls come from nowhere", "alter table public.calls alter column id drop default"],
    ["a call's time comes from nowhere", "alter table public.calls alter column created_at drop default"],
    [
      "directions are other words",
      enumOf("calls", "call_direction", "'inbound', 'outbound', 'x'")
        .replaceAll("'inbound', 'outbound', 'x'", "'in', 'out'")
        .replace(
          "using call_direction::public.said",
          "using (case call_direction when 'inbound' then 'in' else 'out' end)::public.said",
        ),
    ],
    [
      "tiers are other words",
      enumOf("contacts", "lead_status", "'hot', 'warm', 'cold'")
        .replaceAll("'hot', 'warm', 'cold'", "'lead', 'customer'")
        .replace("using lead_status::public.said", "using 'lead'::public.said"),
    ],
    [
      "ids of Vapi are uuids",
      "drop view public.calls_with_caller_names; alter table public.calls alter column vapi_call_id type uuid using gen_random_uuid(); do $$ begin execute 'create view public.calls_with_caller_names with (security_invoker = true) as ' || ssot.calls_view(); end $$; revoke all on public.calls_with_caller_names from public, anon; grant select on public.calls_with_caller_names to authenticated",
    ],
  ),
  ...failing(
    "auto-create.first-call",
    ["a trigger swallows new calls", before("insert", "calls", "", "return null;")],
    ["a trigger swallows new contacts", before("insert", "contacts", "", "return null;")],
    ["a trigger takes the contact from calls", before("insert or update", "calls", "new.contact_id := null;")],
    ["a trigger renames new contacts", before("insert", "contacts", "new.name := 'Somebody Else';")],
    ["a trigger changes the source of contacts", before("insert", "contacts", "new.source := 'crm';")],
    ["a trigger refuses new contacts", before("insert", "contacts", "raise exception 'no';")],
    ["a trigger refuses new calls", before("insert", "calls", "raise exception 'no';")],
    [
      "a trigger gives contacts another number",
      before("insert", "contacts", "new.phone := '+1' || substr(new.phone, 3);"),
    ],
    [
      "a rule swallows new contacts",
      "alter table public.contacts add constraint no_more check (source is distinct from 'inbound-call-auto') not valid",
    ],
    [
      "a rule refuses calls without recording",
      "alter table public.calls add constraint recorded check (recording_url is not null) not valid",
    ],
    [
      "contacts refuse tiers",
      "alter table public.contacts add constraint no_tier check (lead_status is null) not valid",
    ],
    [
      "a trigger keeps contacts unscored",
      before("insert or update", "contacts", "new.lead_score := null; new.lead_status := null;"),
    ],
    [
      "a trigger refuses new calls beside one that tells",
      `${before("insert", "calls", "raise exception 'no';")}; create table public.told (id uuid); create function public.tell() returns trigger language plpgsql as $$ begin insert into public.told values (new.id); return null; end $$; create trigger tell after insert on public.calls for each row execute function public.tell()`,
    ],
    [
      "a rule refuses new calls beside a trigger that tells",
      `alter table public.calls add constraint none check (vapi_call_id !~ 'ssot') not valid; create table public.told (id uuid); create function public.tell() returns trigger language plpgsql as $$ begin insert into public.told values (new.id); return null; end $$; create trigger tell after insert on public.calls for each row execute function public.tell()`,
    ],
  ),
  ...failing("auto-create.no-placeholder", [
    "a trigger names the nameless",
    before("insert", "contacts", "if new.name = new.phone then new.name := 'Somebody'; end if;"),
  ]),
  ...failing(
    "live-names.rename",
    ["a trigger keeps names", before("update", "contacts", "new.name := old.name;")],
    ["a trigger swallows changes of contacts", before("update", "contacts", "", "return null;")],
  ),
  ...failing(
    "integrity.erasure",
    [
      "the audit's reference to calls is gone",
      "alter table public.deprecated_column_audit drop constraint deprecated_column_audit_call_id_fkey",
    ],
    [
      "a trigger keeps what deleted calls said",
      `create function public.keep() returns trigger language plpgsql as $$ begin new.old_value := old.old_value; new.new_value := old.new_value; new.statement := old.statement; return new; end $$; create trigger zz_keep before update on public.deprecated_column_audit for each row execute function public.keep()`,
    ],
  ),
  ...failing(
    "performance.view-page",
    [
      "a policy of calls sleeps",
      "create function public.slow(uuid) returns boolean language plpgsql as $$ begin perform pg_sleep(0.004); return $1 = (current_setting('request.jwt.claims', true)::jsonb ->> 'org_id')::uuid; end $$; alter policy tenant on public.calls using (public.slow(org_id))",
    ],
    [
      "a policy of contacts sleeps",
      "create function public.slow(uuid) returns boolean language plpgsql as $$ begin perform pg_sleep(0.004); return $1 = (current_setting('request.jwt.claims', true)::jsonb ->> 'org_id')::uuid; end $$; alter policy tenant on public.contacts using (public.slow(org_id))",
    ],
  ),
];
