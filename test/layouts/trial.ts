import type { Layout, Refusal } from "./layout.ts";

const refused = (says: string): Refusal => ({ code: "PREFLIGHT", says });

// One that finds the other on the path alone.
const digits = `
  create function public.digits_only(p text) returns text language sql immutable as $f$ select regexp_replace(p, '[^0-9]', '', 'g') $f$;
  create function public.digits_of(p text) returns text language plpgsql immutable as $f$ begin return digits_only(p); end $f$;`;

const frozen = `
  create function public.frozen() returns trigger language plpgsql as $f$
    begin if new.phone_number is distinct from old.phone_number then raise exception 'numbers of calls stay'; end if; return new; end $f$;
  create trigger frozen before update on public.calls for each row execute function public.frozen();`;

/** CHECKs, domains, generated columns, indexes and what they call. */
export const trialLayouts: readonly Layout[] = [
  {
    what: "a CHECK whose function finds another one on the path",
    always: true,
    sql: `${digits} alter table public.contacts add constraint phone_ok check (length(public.digits_of(phone)) >= 7)`,
    right: "works",
  },
  {
    what: "a generated column whose function finds another one on the path",
    sql: `${digits} alter table public.contacts add column phone_digits text generated always as (public.digits_of(phone)) stored`,
    right: "works",
  },
  {
    what: "an index over a function without a search path, on calls",
    sql: `create function public.last_digits(p text) returns text language plpgsql immutable as $f$ begin return right(p, 4); end $f$;
      create index calls_digits on public.calls (public.last_digits(phone_number))`,
    right: "works",
  },
  {
    what: "a domain with such a function, on messages",
    sql: `${digits} create domain public.body as text check (length(public.digits_of(value)) < 100);
      alter table public.messages alter column body type public.body;
      insert into public.messages (id, org_id, contact_id, body, created_at) values ('00000000-0000-0000-0003-000000000001',
        '00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0001-000000000002', 'hello', '2026-01-06')`,
    right: "works",
  },
  {
    what: "a CHECK whose function finds another one on the application's path alone",
    sql: `create schema app; set search_path = app, public;
      create function app.digits_only(p text) returns text language sql immutable as $f$ select regexp_replace(p, '[^0-9]', '', 'g') $f$;
      create function app.phone_ok(p text) returns boolean language plpgsql immutable as $f$ begin return length(digits_only(p)) >= 7; end $f$;
      alter table public.contacts add constraint phone_ok check (app.phone_ok(phone));
      reset search_path`,
    right: refused("function digits_only(text) does not exist"),
  },
  {
    what: "a CHECK that no name is a number",
    sql: "alter table public.contacts add constraint real_name check (name <> phone)",
    right: refused("constraint real_name of public.contacts"),
  },
  {
    what: "a CHECK that numbers are national",
    sql: `update public.contacts set phone = '2125550101' where id = '00000000-0000-0000-0001-000000000001';
      alter table public.contacts add constraint national check (phone !~ '^[+]')`,
    right: refused("constraint national of public.contacts"),
  },
  {
    what: "a CHECK that made-up rows do not fulfil",
    sql: `alter table public.contacts add constraint ours_alone check (id::text like '00000000-%')`,
    right: "works",
  },
  {
    what: "a CHECK on a column that must be there, which only real values fulfil",
    sql: `alter table public.contacts add column tier text not null default 'gold'; alter table public.contacts alter column tier drop default;
      alter table public.contacts add constraint tiers check (tier in ('gold', 'silver'))`,
    right: "works",
  },
  {
    what: "a soft delete behind such a column",
    sql: `alter table public.contacts add column tier text not null default 'gold'; alter table public.contacts alter column tier drop default;
      alter table public.contacts add constraint tiers check (tier in ('gold', 'silver'));
      create function public.keep() returns trigger language plpgsql as 'begin return null; end';
      create trigger keep before delete on public.contacts for each row execute function public.keep()`,
    right: refused("trigger keep on public.contacts"),
  },
  {
    what: "an index over a function that takes no number in E.164",
    sql: `create function public.local_part(p text) returns text language plpgsql immutable as $f$
        begin if p = '+12125550103' then raise exception 'abroad'; end if; return right(p, 4); end $f$;
      create index contacts_local on public.contacts (public.local_part(phone))`,
    right: refused("public.contacts does not take a number in E.164"),
  },
  {
    what: "an exclusion constraint over what a run writes",
    sql: "alter table public.contacts add constraint one_each exclude using btree (org_id with =, phone with =)",
    right: "works",
  },
  {
    what: "sequences that nobody may ask, and a function that would",
    sql: `alter table public.contacts add column n bigserial; alter table public.calls add column n bigserial;
      create sequence public.seen;
      create function public.count_it(p text) returns boolean language plpgsql as $f$ begin perform nextval('public.seen'); return true; end $f$;
      alter table public.contacts add constraint counted check (public.count_it(name)) not valid`,
    right: "works",
    after: "(select last_value from public.seen) > 1",
    unstamp: "alter sequence public.seen restart",
  },
  {
    what: "columns of many types that must be there",
    sql: `create type public.mood as enum ('glad', 'sad');
      alter table public.contacts add column a mood not null default 'glad', add column b int4range not null default 'empty',
        add column c inet not null default '10.0.0.1', add column d bytea not null default '', add column e interval not null default '1 day',
        add column f numeric(5, 2) not null default 1, add column g time not null default '10:00', add column h point not null default '(0,0)',
        add column i varchar(2) not null default 'x', add column j boolean not null default true, add column k bit(3) not null default '101';
      alter table public.contacts alter column a drop default, alter column b drop default, alter column c drop default, alter column d drop default,
        alter column e drop default, alter column f drop default, alter column g drop default, alter column h drop default,
        alter column i drop default, alter column j drop default, alter column k drop default`,
    right: "works",
  },
  {
    what: "numbers of calls may not change, and the drop has one to fill in",
    always: true,
    sql: frozen,
    right: "works",
    drop: refused("trigger frozen on public.calls"),
  },
  {
    what: "numbers of calls may not change, and the drop has none to fill in",
    sql: `update public.calls set phone_number = from_number where phone_number is null; ${frozen}`,
    right: "works",
  },
];
