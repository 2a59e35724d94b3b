import type { Layout, Refusal } from "./layout.ts";

const refused = (says: string): Refusal => ({ code: "PREFLIGHT", says });

const makeTrigger = (name: string, when: string, body: string): string => `
  create function public.${name}() returns trigger language plpgsql as $f$ begin ${body} end $f$;
  create trigger ${name} ${when} execute function public.${name}();`;

const noDuplicate = `update public.contacts set phone = '(212) 555-0109' where id = '00000000-0000-0000-0001-000000000002';`;
const softDelete = `alter table public.contacts add column removed_on date;
  ${makeTrigger("soft_delete", "before delete on public.contacts for each row", "update public.contacts set removed_on = '2026-01-01' where id = old.id; return null;")}`;
const looseCall = `update public.calls set phone_number = '(212) 555-0101' where id = '00000000-0000-0000-0002-000000000001';`;

/** Triggers and rules of others, and event triggers. */
export const triggerLayouts: readonly Layout[] = [
  {
    what: "a delete that a trigger turns into a mark",
    always: true,
    sql: softDelete,
    right: refused("trigger soft_delete on public.contacts"),
  },
  { what: "such a trigger, and nothing to delete", sql: `${noDuplicate} ${softDelete}`, right: "works" },
  {
    what: "such a trigger, disabled",
    sql: `${softDelete} alter table public.contacts disable trigger soft_delete`,
    right: "works",
  },
  {
    what: "such a trigger that keeps a log with a sequence",
    sql: `create table public.graves (n bigserial primary key, contact_id uuid);
      ${makeTrigger("bury", "before delete on public.contacts for each row", "insert into public.graves (contact_id) values (old.id); return null;")}`,
    right: refused("trigger bury on public.contacts"),
  },
  {
    what: "a trigger that writes a log with a sequence, and lets the delete pass",
    sql: `create table public.graves (n bigserial primary key, contact_id uuid);
      ${makeTrigger("bury", "before delete on public.contacts for each row", "insert into public.graves (contact_id) values (old.id); return old;")}`,
    right: "works",
    unstamp: "truncate public.graves restart identity",
  },
  {
    what: "calls that no update reaches",
    sql: makeTrigger("stay", "before update on public.calls for each row", "return null;"),
    right: refused("trigger stay on public.calls does not take a link to a contact"),
  },
  {
    what: "calls that keep their contact",
    sql: makeTrigger(
      "hold",
      "before update on public.calls for each row",
      "new.contact_id := old.contact_id; return new;",
    ),
    right: refused("trigger hold on public.calls"),
  },
  {
    what: "calls that raise when they are changed",
    sql: makeTrigger("archived", "before update on public.calls for each row", "raise exception 'calls are final';"),
    right: refused("trigger archived on public.calls"),
  },
  {
    what: "a trigger that only the link meets, by its condition",
    sql: makeTrigger(
      "no_links",
      "before update of contact_id on public.calls for each row when (old.contact_id is null and new.contact_id is not null)",
      "return null;",
    ),
    right: refused("trigger no_links on public.calls"),
  },
  {
    what: "a trigger on a column that no run writes",
    sql: makeTrigger("no_notes", "before update of notes on public.calls for each row", "return null;"),
    right: "works",
  },
  {
    what: "numbers of calls that stay as they are",
    sql: `${looseCall} ${makeTrigger("same_number", "before update of phone_number on public.calls for each row", "return old;")}`,
    right: refused("trigger same_number on public.calls does not take a number in E.164"),
  },
  {
    what: "contacts that keep their number",
    sql: makeTrigger(
      "same_phone",
      "before update on public.contacts for each row",
      "new.phone := old.phone; return new;",
    ),
    right: refused("trigger same_phone on public.contacts"),
  },
  {
    what: "names that become upper case",
    sql: makeTrigger(
      "shout",
      "before update on public.contacts for each row",
      "new.name := upper(new.name); return new;",
    ),
    right: refused("trigger shout on public.contacts"),
  },
  {
    what: "numbers that a trigger reduces to digits",
    sql: makeTrigger(
      "digits",
      "before insert or update on public.contacts for each row",
      "new.phone := regexp_replace(new.phone, '[^0-9]', '', 'g'); return new;",
    ),
    right: refused("trigger digits on public.contacts"),
  },
  {
    what: "what a trigger stamps on a new contact",
    sql: makeTrigger(
      "greet",
      "before insert on public.contacts for each row",
      "new.created_at := now(); new.notes := 'from the application'; new.booking_source := 'api'; return new;",
    ),
    right: "works",
  },
  {
    what: "new contacts that a trigger turns away",
    sql: makeTrigger("closed", "before insert on public.contacts for each row", "return null;"),
    right: refused("trigger closed on public.contacts does not take a duplicate that comes back"),
  },
  {
    what: "moddatetime, and a function without a search path that names a table",
    sql: `create extension moddatetime;
      create trigger touch before update on public.contacts for each row execute function moddatetime(updated_at);
      create table public.settings (frozen boolean); insert into public.settings values (false);
      ${makeTrigger("ask", "before update on public.calls for each row", "if (select frozen from settings) then return null; end if; return new;")}`,
    right: "works",
    unstamp:
      "set session_replication_role = replica; update public.contacts set updated_at = created_at; reset session_replication_role",
  },
  {
    what: "messages that keep their contact",
    sql: `insert into public.messages (id, org_id, contact_id, body, created_at) values ('00000000-0000-0000-0003-000000000001',
        '00000000-0000-0000-0000-00000000000a', '00000000-0000-0000-0001-000000000002', 'hello', '2026-01-06');
      ${makeTrigger("sealed", "before update on public.messages for each row", "if new.contact_id <> old.contact_id then raise exception 'sealed'; end if; return new;")}`,
    right: refused("trigger sealed on public.messages"),
  },
  {
    what: "two triggers, of which one puts the old number back",
    sql: `${makeTrigger("b_touch", "before update on public.contacts for each row", "new.updated_at := now(); return new;")}
      ${makeTrigger("a_number", "before update on public.contacts for each row", "new.phone := old.phone; return new;")}`,
    right: refused("trigger a_number on public.contacts"),
  },
  {
    what: "a rule instead of a delete of contacts",
    sql: "create rule keep as on delete to public.contacts do instead nothing",
    right: refused("rule keep on public.contacts"),
  },
  {
    what: "a rule instead of an update of messages",
    sql: "create rule keep as on update to public.messages do instead nothing",
    right: refused("rule keep on public.messages"),
  },
  {
    what: "an event trigger that looks for its table on the path",
    sql: `create table public.ddl_log (tag text, at timestamptz);
      create function public.log_ddl() returns event_trigger language plpgsql as $f$ begin insert into ddl_log values (tg_tag, now()); end $f$;
      create event trigger log_ddl on ddl_command_end execute function public.log_ddl()`,
    right: refused("event trigger log_ddl"),
  },
  {
    what: "an event trigger that calls a function of the path",
    sql: `create function public.tell(what text) returns void language plpgsql as 'begin raise debug ''%'', what; end';
      create function public.on_ddl() returns event_trigger language plpgsql as $f$ begin perform tell(tg_tag); end $f$;
      create event trigger on_ddl on ddl_command_end when tag in ('CREATE TABLE') execute function public.on_ddl()`,
    right: refused("event trigger on_ddl"),
  },
  {
    what: "an event trigger that lets nobody drop a table",
    sql: `create function public.no_drops() returns event_trigger language plpgsql as $f$ begin raise exception 'nothing is dropped here'; end $f$;
      create event trigger no_drops on sql_drop when tag in ('DROP TABLE') execute function public.no_drops()`,
    right: refused("event trigger no_drops"),
  },
  {
    what: "an event trigger that enables and forces row level security on new tables",
    sql: `create function public.force_rls() returns event_trigger language plpgsql as $f$
      declare o record;
      begin
        for o in select * from pg_event_trigger_ddl_commands() where command_tag = 'CREATE TABLE' loop
          execute format('alter table %s enable row level security', o.object_identity);
          execute format('alter table %s force row level security', o.object_identity);
        end loop;
      end $f$;
      create event trigger force_rls on ddl_command_end when tag in ('CREATE TABLE') execute function public.force_rls()`,
    byMigrator: true,
    right: "works",
  },
  {
    what: "an event trigger that tells an API of changes",
    sql: `create function public.watch_ddl() returns event_trigger language plpgsql as $f$ begin notify pgrst, 'reload schema'; end $f$;
      create event trigger watch_ddl on ddl_command_end execute function public.watch_ddl()`,
    right: "works",
  },
];
