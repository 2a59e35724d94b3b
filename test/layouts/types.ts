import type { Layout } from "./layout.ts";

/** Tables as those of the base schema, with ids of another type. */
function tablesWithIds(type: string): string {
  return `
    create table public.organizations (id ${type} primary key, name text, telephony_country text default 'US');
    create table public.contacts (id ${type} primary key, org_id ${type} not null references public.organizations, name text, phone text not null,
      email text, lead_status text, lead_score integer, created_at timestamptz default now());
    create table public.calls (id ${type} primary key, org_id ${type} not null references public.organizations, vapi_call_id text unique not null,
      contact_id ${type} references public.contacts, call_direction text not null, phone_number text, caller_name text, from_number text,
      created_at timestamptz not null default now())`;
}

function refused(says: string, code = "PREFLIGHT"): { readonly code: string; readonly says: string } {
  return { code, says };
}

const nondeterministic =
  "create collation public.loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)";

/** Types of columns, and columns that PostgreSQL fills. */
export const typeLayouts: readonly Layout[] = [
  {
    what: "ids are numbers",
    always: true,
    ownTables: true,
    sql: `${tablesWithIds("bigint generated always as identity").replaceAll(/(org_id|contact_id) bigint generated always as identity/g, "$1 bigint")};
      insert into organizations (name) values ('x'); insert into contacts (org_id, name, phone) values (1, 'Ann Example', '+12125550101');
      insert into calls (org_id, vapi_call_id, call_direction, phone_number) values (1, 'v', 'inbound', '+12125550101')`,
    right: refused("public.contacts.id is bigint, expected uuid"),
  },
  {
    what: "ids are texts",
    ownTables: true,
    sql: tablesWithIds("text"),
    right: refused("public.calls.org_id is text, expected uuid"),
  },
  {
    what: "ids are a domain over uuid",
    ownTables: true,
    sql: `create domain public.row_id as uuid; ${tablesWithIds("public.row_id")}`,
    right: refused("public.contacts.org_id is public.row_id, expected uuid"),
  },
  {
    what: "names and numbers are varchar of some length",
    sql: `alter table contacts alter name type varchar(120), alter phone type varchar(20), alter email type varchar(255);
      alter table calls alter phone_number type varchar(32), alter caller_name type varchar(255), alter from_number type varchar(32),
        alter vapi_call_id type varchar(64), alter call_direction type varchar(10)`,
    right: "works",
  },
  {
    what: "a number is too short for E.164",
    sql: "alter table contacts alter phone type varchar(14)",
    right: refused("public.contacts.phone is character varying(14), too short for a number in E.164"),
  },
  {
    what: "a name is too short for a number",
    sql: "alter table contacts alter name type varchar(15)",
    right: refused(
      "public.contacts.name is character varying(15), too short for a number in E.164, by which a contact is called",
    ),
  },
  {
    what: "a call's number is a domain that is too short",
    sql: "create domain short as varchar(12); alter table calls alter phone_number type short",
    right: refused("public.calls.phone_number is public.short, too short"),
  },
  {
    what: "a number is padded with blanks",
    sql: "alter table contacts alter phone type char(20)",
    right: refused("alter table public.contacts alter column phone type text using rtrim(phone)"),
  },
  {
    what: "a number is a number",
    sql: `alter table calls alter from_number type bigint using null`,
    right: refused("public.calls.from_number is bigint, expected text"),
  },
  {
    what: "numbers and names are domains over text",
    sql: `create domain some_text as text check (value <> 'nobody''s');
      alter table contacts alter name type some_text, alter phone type some_text;
      alter table calls alter phone_number type some_text, alter caller_name type some_text, alter from_number type some_text`,
    right: "works",
  },
  {
    what: "a call's direction and state are enums, a contact's state as well",
    always: true,
    sql: `create type direction as enum ('inbound', 'outbound'); create type state as enum ('hot', 'warm', 'cold');
      alter table calls drop constraint calls_call_direction_check, alter call_direction type direction using call_direction::direction;
      alter table contacts drop constraint contacts_lead_status_check, alter lead_status type state using lead_status::state;
      update contacts set lead_status = 'warm' where id = '00000000-0000-0000-0001-000000000002'`,
    right: "works",
  },
  {
    what: "a call's direction is an enum of other words",
    sql: `create type direction as enum ('IN', 'OUT');
      alter table calls drop constraint calls_call_direction_check, alter call_direction type direction using case call_direction when 'inbound' then 'IN' else 'OUT' end::direction`,
    right: refused(
      "public.calls.call_direction is public.direction, expected text, or an enum with the values inbound and outbound",
    ),
  },
  {
    what: "types lie in a schema of their own",
    byMigrator: true,
    sql: `create schema app; create type app.state as enum ('hot', 'warm', 'cold'); create domain app.address as text; grant usage on schema app to {role};
      alter table contacts drop constraint contacts_lead_status_check, alter lead_status type app.state using lead_status::app.state,
        alter email type app.address, add tags app.state[];
      update contacts set lead_status = 'warm', email = 'ann@example.com', tags = '{hot,cold}' where id = '00000000-0000-0000-0001-000000000002'`,
    right: "works",
  },
  {
    what: "scores are decimals, and e-mails of another type",
    sql: `alter table contacts alter lead_score type numeric(5, 2), alter email type varchar(80);
      update contacts set lead_score = 71.25 where id = '00000000-0000-0000-0001-000000000002'`,
    right: "works",
  },
  {
    what: "a name is generated from two others",
    always: true,
    sql: `alter table contacts add first_name text, add last_name text; update contacts set first_name = name;
      alter table contacts drop column name,
        add name text generated always as (nullif(btrim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), '')) stored`,
    right: refused("public.contacts.name is generated, and a run has to write it"),
  },
  {
    what: "a call's number is generated",
    sql: `alter table calls drop column phone_number, add phone_number text generated always as (from_number) stored`,
    right: refused("public.calls.phone_number is generated"),
  },
  {
    what: "further columns are generated, of what is written",
    sql: `alter table contacts add digits text generated always as (regexp_replace(phone, '[^0-9]', '', 'g')) stored,
      add row_number bigint generated always as identity, add search tsvector generated always as (to_tsvector('simple', coalesce(name, ''))) stored`,
    right: "works",
  },
  {
    what: "a column is generated of one that will be dropped",
    sql: "alter table calls add initial text generated always as (left(caller_name, 1)) stored",
    right: "works",
    drop: refused("initial", "GATE"),
  },
  {
    what: "moments have no zone",
    always: true,
    sql: `drop index idx_calls_org_id_created_at; drop index idx_calls_created_at;
      alter table calls alter created_at type timestamp(3) using created_at at time zone 'UTC';
      alter table contacts alter created_at type timestamp(3) using created_at at time zone 'UTC', alter updated_at type timestamp(3) using updated_at at time zone 'UTC'`,
    right: "works",
    warns: "public.calls.created_at has no time zone: its moments are read as UTC",
  },
  {
    what: "moments are seconds since 1970",
    sql: "alter table contacts alter created_at drop default, alter created_at type bigint using extract(epoch from created_at)::bigint",
    right: refused("public.contacts.created_at is bigint, expected timestamptz"),
  },
  {
    what: "numbers are compared by a collation that calls different ones equal",
    sql: `${nondeterministic}; alter table contacts alter phone type text collate public.loose`,
    right: refused("public.contacts.phone has a collation that calls different texts equal"),
  },
  {
    what: "names are compared by such a collation",
    sql: `${nondeterministic}; alter table contacts alter name type text collate public.loose`,
    right: refused("public.contacts.name has a collation that calls different texts equal"),
  },
  {
    what: "columns have collations of their own",
    sql: `create collation public.ours (provider = icu, locale = 'de-x-icu');
      alter table contacts alter name type text collate public.ours, alter email type text collate "C";
      alter table calls alter phone_number type text collate public.ours, alter caller_name type text collate "POSIX", alter from_number type text collate "C"`,
    right: "works",
  },
  {
    what: "names and numbers have different collations of their own",
    sql: `create collation public.ours (provider = icu, locale = 'de-x-icu');
      alter table contacts alter name type text collate public.ours, alter phone type text collate "C"`,
    right: refused("public.contacts.name and public.contacts.phone have collations of their own that differ"),
  },
  {
    what: "contacts without a number, with a name or an e-mail address",
    sql: `alter table contacts alter phone drop not null;
      insert into contacts (id, org_id, name, phone, email, created_at, updated_at) values
        ('00000000-0000-0000-0001-000000000011', '00000000-0000-0000-0000-00000000000a', 'Eve Example', null, 'eve@example.com', '2026-01-04', '2026-01-04'),
        ('00000000-0000-0000-0001-000000000012', '00000000-0000-0000-0000-00000000000a', 'Eve Example', null, null, '2026-01-05', '2026-01-05'),
        ('00000000-0000-0000-0001-000000000013', '00000000-0000-0000-0000-00000000000a', null, null, 'lee@example.com', '2026-01-06', '2026-01-06'),
        ('00000000-0000-0000-0001-000000000014', '00000000-0000-0000-0000-00000000000a', 'Unknown', null, 'max@example.com', '2026-01-06', '2026-01-06');
      insert into calls (id, org_id, vapi_call_id, call_direction, contact_id, phone_number, caller_name, created_at, updated_at) values
        ('00000000-0000-0000-0002-000000000011', '00000000-0000-0000-0000-00000000000a', 'v-11', 'inbound', '00000000-0000-0000-0001-000000000011', null, null, '2026-01-06', '2026-01-06'),
        ('00000000-0000-0000-0002-000000000014', '00000000-0000-0000-0000-00000000000a', 'v-14', 'inbound', '00000000-0000-0000-0001-000000000014', null, 'Max Example', '2026-01-06', '2026-01-06')`,
    right: "works",
    after: `(select string_agg(name, ', ' order by id) from contacts where phone is null) = 'Eve Example, Eve Example, lee@example.com, Max Example'
      and (select name_source from calls_with_caller_names where vapi_call_id = 'v-11') = 'contact'`,
  },
  {
    what: "a contact without a number, a name or an e-mail address",
    sql: `alter table contacts alter phone drop not null;
      insert into contacts (id, org_id, name, phone, created_at) values ('00000000-0000-0000-0001-000000000011', '00000000-0000-0000-0000-00000000000a', null, null, '2026-01-04')`,
    right: refused("00000000-0000-0000-0001-000000000011", "UNFIXABLE_PHONE"),
    doctorCannotTell: "it does not look at rows",
  },
  {
    what: "that contact is set aside",
    sql: `alter table contacts alter phone drop not null;
      insert into contacts (id, org_id, name, phone, created_at, updated_at)
        values ('00000000-0000-0000-0001-000000000011', '00000000-0000-0000-0000-00000000000a', null, null, '2026-01-04', '2026-01-04')`,
    right: "works",
    options: { onUnfixablePhone: "quarantine" },
    after: "(select count(*) = 1 from ssot.contact_quarantine)",
  },
];
