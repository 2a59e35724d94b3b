/** A schema within the contract, other than that of the fixtures: what makes it of the base schema. */
export interface Variation {
  readonly what: string;
  /** Works on tables that hold rows already. */
  readonly sql: string;
}

/** Each of them goes with every other one. */
export const variations: readonly Variation[] = [
  { what: "no country", sql: "alter table public.organizations drop column telephony_country" },
  {
    what: "columns that may be missing",
    sql: `alter table public.contacts drop column updated_at, drop column metadata, drop column notes,
            drop column service_interests, drop column last_contacted_at, drop column booking_source;
          alter table public.calls drop column updated_at, drop column metadata, drop column transcript,
            drop column call_type, drop column duration_seconds, drop column is_test_call`,
  },
  {
    what: "varchar instead of text",
    sql: `alter table public.contacts alter column phone type varchar(60), alter column name type varchar(200);
          alter table public.calls alter column phone_number type varchar(60), alter column caller_name type varchar(200),
            alter column from_number type varchar(60), alter column call_direction type varchar(20)`,
  },
  {
    what: "a domain and an enum",
    sql: `create domain public.score as integer check (value between 0 and 100);
          create type public.lead_status as enum ('cold', 'warm', 'hot');
          alter table public.contacts drop constraint contacts_lead_status_check;
          alter table public.contacts alter column lead_score type public.score,
            alter column lead_status type public.lead_status using lead_status::public.lead_status`,
  },
  {
    what: "times without a zone",
    sql: "alter table public.contacts alter column created_at type timestamp using created_at at time zone 'UTC'",
  },
  {
    what: "generated columns",
    sql: `alter table public.contacts add column shown text generated always as (coalesce(name, phone)) stored;
          alter table public.calls add column digits text
            generated always as (regexp_replace(coalesce(phone_number, ''), '[^0-9]', '', 'g')) stored`,
  },
  {
    what: "oddly named columns, one of them dropped",
    sql: `alter table public.contacts add column gone text default 'x', add column "Größe ""cm"" %I" integer default 1,
            add column "select" text[] default '{a,"b c"}';
          alter table public.contacts drop column gone`,
  },
  {
    what: "other indexes",
    sql: `create index "Contacts By Name; --" on public.contacts (lower(name)) include (phone);
          create unique index one_mail on public.contacts (org_id, lower(email)) where email is not null;
          create index calls_by_state on public.calls (org_id, status) where status is not null;
          create index calls_of_contact on public.calls (contact_id, created_at desc)`,
  },
  {
    what: "statistics and storage",
    sql: `create statistics public.callers on phone_number, status from public.calls;
          alter table public.calls alter column caller_name set statistics 77, alter column caller_name set (n_distinct = -0.5),
            alter column caller_name set storage external, alter column from_number set compression pglz`,
  },
  {
    what: "a reference from an oddly named table of another schema",
    sql: `create schema "Odd Schema";
          create table "Odd Schema"."It's ""odd""" ("Contact Id" uuid references public.contacts (id) on update cascade, "order" integer, primary key ("order"));
          insert into "Odd Schema"."It's ""odd""" select id, row_number() over (order by id) from public.contacts`,
  },
  {
    what: "two references from one table without a key",
    sql: `create table public."user" (contact uuid references public.contacts (id) on delete set null, "references" uuid
            references public.contacts (id) deferrable, note text);
          insert into public."user" select id, id, 'n' from public.contacts; insert into public."user" select id, null, 'n' from public.contacts`,
  },
  {
    what: "a table that inherits a reference's table, and calls that follow calls",
    sql: `create table public.special_messages (urgent boolean) inherits (public.messages);
          alter table public.calls add column parent uuid references public.calls (id) on delete set null;
          update public.calls set parent = (select min(o.id::text)::uuid from public.calls as o)`,
  },
  {
    what: "harmless triggers",
    sql: `create function public.look() returns trigger language plpgsql as $$ begin perform 1 from organizations limit 1; return new; end $$;
          create trigger "A Look" before update on public.contacts for each row execute function public.look();
          create trigger look before update on public.calls for each row when (old.status is distinct from new.status) execute function public.look();
          create trigger silent after update on public.calls for each row execute function public.look();
          alter table public.calls disable trigger silent`,
  },
  {
    what: "row level security and views of others",
    sql: `alter table public.calls enable row level security; alter table public.contacts enable row level security;
          create policy "own rows" on public.calls using (org_id = nullif(current_setting('app.org', true), '')::uuid);
          create view public."all contacts" as select k.*, o.name as organisation from public.contacts as k join public.organizations as o on o.id = k.org_id`,
  },
];
