import type { Layout } from "./layout.ts";

const audit = (id: string, name = "public.deprecated_column_audit"): string => `
  create table ${name} (
    id ${id}, table_name text not null, column_name text not null, call_id uuid references public.calls (id),
    org_id uuid references public.organizations (id), old_value text, new_value text, detected_at timestamptz not null default now());
  create function public.check_deprecated_column_writes_with_audit() returns trigger language plpgsql as $$ begin
    if new.caller_name is distinct from old.caller_name then
      insert into public.deprecated_column_audit (table_name, column_name, call_id, org_id, old_value, new_value)
      values ('calls', 'caller_name', new.id, new.org_id, old.caller_name, new.caller_name);
    end if;
    return new;
  end $$;
  create trigger warn_deprecated_writes before update on public.calls
    for each row execute function public.check_deprecated_column_writes_with_audit()`;
const byUuid = audit("uuid primary key default gen_random_uuid()");
const row = (when: string): string =>
  `insert into public.deprecated_column_audit (table_name, column_name, old_value, new_value, detected_at) values ('calls', 'caller_name', 'a', 'b', ${when})`;

/** The audit of deprecated writes that somebody made by hand, with all its parts. */
export const adoptionLayouts: readonly Layout[] = [
  { what: "an audit made by hand, with a row of long ago", sql: `${byUuid}; ${row("'2025-01-01'")}`, right: "works" },
  {
    what: "an audit made by hand that saw a write this month",
    sql: `${byUuid}; ${row("now() - interval '3 days'")}`,
    right: "works",
    drop: { code: "GATE", says: "calls.caller_name was written in the last month (writes in the audit: 1)" },
  },
  {
    what: "an audit whose indexes have the names of ours",
    sql: `${byUuid};
      create index deprecated_column_audit_call_id on public.deprecated_column_audit (call_id);
      create index deprecated_column_audit_detected_at on public.deprecated_column_audit (detected_at desc);
      comment on index public.deprecated_column_audit_call_id is 'by hand'; alter table public.deprecated_column_audit cluster on deprecated_column_audit_call_id`,
    right: "works",
  },
  {
    what: "an audit numbered by a sequence",
    sql: `${audit("bigserial primary key")}; ${row("'2025-01-01'")}`,
    right: "works",
  },
  {
    what: "an audit numbered by identity, with rights on its sequence",
    sql: `${audit("bigint generated always as identity primary key")}; ${row("'2025-01-01'")};
      grant usage on sequence public.deprecated_column_audit_id_seq to {role}; grant select on public.deprecated_column_audit to {role}, public`,
    right: "works",
  },
  {
    what: "an audit with constraints, statistics, a policy, a trigger and a rule",
    sql: `${byUuid};
      alter table public.deprecated_column_audit add constraint deprecated_column_audit_call_id_fkey1 unique (call_id, column_name, detected_at),
        add constraint named check (column_name <> '');
      comment on constraint named on public.deprecated_column_audit is 'known';
      create statistics public.deprecated_column_audit_stat on table_name, column_name from public.deprecated_column_audit;
      alter table public.deprecated_column_audit enable row level security, force row level security;
      create policy everybody on public.deprecated_column_audit using (true);
      create function public.no() returns trigger language plpgsql as 'begin return new; end';
      create trigger seen before insert on public.deprecated_column_audit for each row execute function public.no();
      alter table public.deprecated_column_audit disable trigger seen;
      create rule no_delete as on delete to public.deprecated_column_audit do instead nothing;
      create view public.recent as select id, new_value from public.deprecated_column_audit;
      create publication audits for table public.deprecated_column_audit`,
    right: "works",
  },
  {
    what: "an audit with two indexes whose long names begin alike",
    sql: `${byUuid};
      create index deprecated_column_audit_of_a_name_that_is_very_long_indeed_one on public.deprecated_column_audit (org_id);
      create index deprecated_column_audit_of_a_name_that_is_very_long_indeed_two on public.deprecated_column_audit (new_value)`,
    right: "works",
  },
  {
    what: "an audit of another shape",
    sql: "create table public.deprecated_column_audit (at timestamp default now(), what jsonb, detected_at text); insert into public.deprecated_column_audit (what) values ('{}')",
    right: "works",
  },
  {
    what: "an audit in partitions",
    sql: `create table public.deprecated_column_audit (id uuid default gen_random_uuid(), table_name text, column_name text, detected_at timestamptz not null,
        primary key (id, detected_at)) partition by range (detected_at);
      create table public.deprecated_column_audit_2025 partition of public.deprecated_column_audit for values from ('2025-01-01') to ('2026-01-01');
      create table public.deprecated_column_audit_rest partition of public.deprecated_column_audit default;
      insert into public.deprecated_column_audit (table_name, column_name, detected_at) values ('calls', 'caller_name', '2025-05-05')`,
    right: "works",
  },
  {
    what: "a view of the audit's name",
    sql: "create view public.deprecated_column_audit as select id from public.calls",
    right: { code: "PREFLIGHT", says: "public.deprecated_column_audit is no table" },
  },
  {
    what: "an index of the audit's name on another table",
    sql: "create index deprecated_column_audit_call_id on public.messages (org_id)",
    right: { code: "PREFLIGHT", says: "public.deprecated_column_audit_call_id" },
  },
];
