import type { Layout } from "./layout.ts";

function refused(says: string): { readonly code: string; readonly says: string } {
  return { code: "PREFLIGHT", says };
}

function moved(table: string, further = ""): string {
  return `create schema app; alter table public.${table} set schema app; ${further}`;
}

/** Kinds of relations, what is published of them, and names that are taken. */
export const catalogLayouts: readonly Layout[] = [
  {
    what: "contacts is a view",
    sql: moved("contacts", "create view public.contacts as select * from app.contacts"),
    right: refused("contacts is a view"),
  },
  {
    what: "calls is a materialised view",
    sql: moved("calls", "create materialized view public.calls as select * from app.calls"),
    right: refused("calls is a materialised view"),
  },
  {
    what: "contacts is on another server",
    sql: `${moved("contacts")} create foreign data wrapper nobody; create server elsewhere foreign data wrapper nobody;
      create foreign table public.contacts (id uuid, org_id uuid, name text, phone text, email text, lead_status text, lead_score integer,
        created_at timestamptz) server elsewhere`,
    right: refused("contacts is a foreign table"),
  },
  {
    what: "organizations is a view",
    sql: moved(
      "organizations",
      "create view public.organizations as select id, telephony_country from app.organizations",
    ),
    right: "works",
  },
  {
    what: "calls is unlogged",
    sql: "alter table calls set unlogged",
    right: refused("calls is unlogged"),
  },
  {
    what: "contacts is a table of a type",
    ownTables: true,
    sql: `create type public.contact as (id uuid, org_id uuid, name text, phone text, email text, lead_status text, lead_score integer, created_at timestamptz);
      create table public.organizations (id uuid primary key, telephony_country text);
      create table public.contacts of public.contact (primary key (id));
      create table public.calls (id uuid primary key, org_id uuid, vapi_call_id text unique, contact_id uuid references public.contacts, call_direction text,
        phone_number text, caller_name text, from_number text, created_at timestamptz)`,
    right: refused("contacts is a table of a type"),
  },
  {
    what: "calls inherits from a table of events",
    sql: "create table events (id uuid not null, created_at timestamptz not null); alter table calls inherit events",
    right: refused("public.calls is a part of public.events"),
  },
  {
    what: "another schema has tables of the same names",
    sql: `create schema archive; create table archive.calls (id bigint, caller_name text); create table archive.contacts (like public.contacts);
      create view archive.calls_with_caller_names as select * from archive.calls;
      create function archive.check_deprecated_column_writes_with_audit() returns trigger language plpgsql as $$ begin return new; end $$;
      insert into archive.calls values (1, 'Bob'); alter database {database} set search_path = archive, public`,
    right: "works",
  },
  ...["resolved_caller_name", "contact_email", "contact_lead_status", "contact_lead_score", "name_source"].map(
    (column): Layout => ({
      what: `calls has a column ${column}`,
      ...(column === "contact_email" && { always: true }),
      sql: `alter table calls add ${column} text`,
      right: refused(`public.calls has a column ${column}`),
    }),
  ),
  {
    what: "all tables are published",
    always: true,
    sql: "create publication everything for all tables; alter table contact_imports replica identity full",
    right: "works",
  },
  {
    what: "all tables are published, and one that references contacts has no key",
    sql: "create publication everything for all tables",
    right: refused(
      "publication everything sends the changes of public.contact_imports, and nothing tells which row they mean",
    ),
  },
  {
    what: "calls is published, and has no replica identity",
    always: true,
    sql: "alter table calls replica identity nothing; create publication px for table calls",
    right: refused("publication px sends the changes of public.calls, and nothing tells which row they mean"),
  },
  {
    what: "calls has no replica identity, and inserts alone are published",
    sql: "alter table calls replica identity nothing; create publication px for table calls with (publish = 'insert')",
    right: "works",
  },
  {
    what: "contacts has no replica identity, and its schema is published",
    sql: "alter table contacts replica identity nothing; alter table contact_imports replica identity full; create publication px for tables in schema public",
    right: refused("publication px sends the changes of public.contacts"),
  },
  {
    what: "columns without the key are published",
    sql: "create publication px for table calls (org_id, status)",
    right: refused("publication px leaves out columns by which a row of public.calls is known"),
  },
  {
    what: "some columns are published of rows that are known by all",
    sql: "alter table contacts replica identity full; create publication px for table contacts (id, name)",
    right: refused("publication px leaves out columns by which a row of public.contacts is known"),
  },
  {
    what: "columns with the key are published, and rows by the key",
    sql: "create publication px for table calls (id, status) where (id <> '00000000-0000-0000-0000-000000000000')",
    right: "works",
  },
  {
    what: "rows are published by another column than the key",
    sql: "create publication px for table calls where (call_direction = 'inbound')",
    right: refused("publication px filters rows of public.calls by a column by which they are not known"),
  },
  {
    what: "rows are known by all of their columns, and published by some",
    sql: "alter table calls replica identity full; create publication px for table calls where (call_direction = 'inbound')",
    right: "works",
  },
  {
    what: "a column that will be dropped is published by its name",
    sql: "create publication px for table calls (id, caller_name)",
    right: "works",
    drop: { code: "GATE", says: "px" },
  },
  {
    what: "rows are known by another key than the primary one",
    sql: "alter table calls replica identity using index calls_vapi_call_id_key; create publication px for table calls where (vapi_call_id <> '')",
    right: "works",
  },
  {
    what: "a deprecated column must have a value",
    always: true,
    sql: "update calls set caller_name = coalesce(caller_name, 'none'); alter table calls alter caller_name set not null",
    right: "works",
    warns: "public.calls.caller_name must have a value, which the webhook of ssot does not write",
  },
  {
    what: "columns of others must have a value",
    sql: `alter table calls add agent uuid; update calls set agent = id; alter table calls alter agent set not null;
      alter table contacts add stage text not null default 'new', add owner uuid; update contacts set owner = id; alter table contacts alter owner set not null`,
    right: "works",
    warns: "public.calls.agent must have a value",
  },
  {
    what: "a table holds ids of contacts without a key",
    always: true,
    sql: `create table feedback (id integer primary key, contact uuid); insert into feedback values (1, '00000000-0000-0000-0001-000000000002');
      create table others (id uuid primary key); insert into others select gen_random_uuid() from generate_series(1, 5000)`,
    right: "works",
    warns: "public.feedback.contact holds ids of contacts and has no foreign key",
  },
  {
    what: "a role may read some columns of calls",
    sql: "grant select (id, org_id, status) on calls to {role}",
    right: "works",
    warns: "may read some columns of calls only",
  },
  {
    what: "a contact's organisation has no row",
    always: true,
    sql: `alter table contacts drop constraint contacts_org_id_fkey;
      insert into contacts (id, org_id, name, phone) values ('00000000-0000-0000-0001-0000000000ff', '00000000-0000-0000-0000-0000000000ff', 'Ghost', '(212) 555-7777')`,
    right: {
      code: "UNFIXABLE_PHONE",
      says: "00000000-0000-0000-0001-0000000000ff (its organisation has no row, and so no country)",
    },
    doctorCannotTell: "it looks at no row",
  },
  {
    what: "a contact whose organisation has no row has a number that needs none",
    sql: `alter table contacts drop constraint contacts_org_id_fkey;
      insert into contacts (id, org_id, name, phone, created_at, updated_at)
        values ('00000000-0000-0000-0001-0000000000ff', '00000000-0000-0000-0000-0000000000ff', 'Ghost', '+12125557777', '2026-01-01', '2026-01-01')`,
    right: "works",
  },
  {
    what: "a contact whose organisation has no row is set aside",
    sql: `alter table contacts drop constraint contacts_org_id_fkey;
      insert into contacts (id, org_id, name, phone, created_at, updated_at)
        values ('00000000-0000-0000-0001-0000000000ff', '00000000-0000-0000-0000-0000000000ff', 'Ghost', '(212) 555-7777', '2026-01-01', '2026-01-01')`,
    right: "works",
    options: { onUnfixablePhone: "quarantine" },
    after: "(select count(*) = 1 from ssot.contact_quarantine)",
  },
];
