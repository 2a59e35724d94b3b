import type { Layout, Refusal } from "./layout.ts";

const foreign = (says: string): Refusal => ({ code: "FOREIGN_CODE", says });

// A role of every server that is granted to nobody.
const stranger = "pg_read_all_stats";

const theirs = (signature: string, returns: string, body: string, owner = stranger): string => `
  create function public.${signature} returns ${returns} language plpgsql immutable as $f$ begin ${body} end $f$;
  alter function public.${signature.replace(/\b[a-z] (?=text)/g, "")} owner to ${owner};`;

const check = `${theirs("fine(p text)", "boolean", "return true;")} alter table public.contacts add constraint fine check (public.fine(name));`;
const touch = (owner: string): string => `
  create function public.touch() returns trigger language plpgsql as $f$ begin return new; end $f$;
  alter function public.touch() owner to ${owner};
  create trigger touch before update on public.calls for each row execute function public.touch();`;

/** Code that belongs to somebody else. */
export const trustLayouts: readonly Layout[] = [
  { what: "a stranger's function in a CHECK", sql: check, right: foreign(`belongs to role ${stranger}`) },
  {
    what: "the same, trusted by name",
    sql: check,
    options: { trustRoles: [stranger] },
    right: "works",
  },
  {
    what: "a stranger's trigger",
    sql: touch(stranger),
    right: foreign("trigger touch on public.calls calls public.touch()"),
  },
  {
    what: "a stranger's trigger, disabled",
    sql: `${touch(stranger)} alter table public.calls disable trigger touch`,
    right: "works",
  },
  {
    what: "a stranger's table that references contacts, with a CHECK of his own",
    sql: `${theirs("look(p text)", "boolean", "return true;", "{role}")}
      create table public.guests (id uuid primary key, contact_id uuid references public.contacts (id), note text constraint looks check (public.look(note)));
      alter table public.guests owner to {role};`,
    right: foreign("constraint looks on public.guests"),
  },
  {
    what: "a stranger's function in a default",
    sql: `${theirs("origin()", "text", "return 'web';")} alter table public.contacts alter column booking_source set default public.origin()`,
    right: foreign("default of column booking_source of public.contacts"),
  },
  {
    what: "a stranger's function in a generated column",
    sql: `${theirs("short(p text)", "text", "return left(p, 3);")}
      alter table public.calls add column short text generated always as (public.short(phone_number)) stored`,
    right: foreign("expression of column short of public.calls"),
  },
  {
    what: "a stranger's function in a domain",
    sql: `${theirs("decent(p text)", "boolean", "return true;")} create domain public.body as text constraint decent check (public.decent(value));
      alter table public.messages alter column body type public.body`,
    right: foreign("constraint decent on public.body"),
  },
  {
    what: "a stranger's function in an index",
    sql: `${theirs("short(p text)", "text", "return left(p, 3);")} create index contacts_short on public.contacts (public.short(phone))`,
    right: foreign("index public.contacts_short on public.contacts"),
  },
  {
    what: "a stranger's function behind an operator",
    sql: `${theirs("same(a text, b text)", "boolean", "return true;")}
      create operator public.~=~ (function = public.same, leftarg = text, rightarg = text);
      alter table public.contacts add constraint matching check (name operator(public.~=~) name)`,
    right: foreign("constraint matching on public.contacts calls public.same(text,text)"),
  },
  {
    what: "a stranger's function in a condition of a trigger",
    sql: `${theirs("eager(p text)", "boolean", "return true;")}
      create function public.touch() returns trigger language plpgsql as $f$ begin return new; end $f$;
      create trigger touch before update on public.calls for each row when (public.eager(new.notes)) execute function public.touch();`,
    right: foreign("trigger touch on public.calls calls public.eager(text)"),
  },
  {
    what: "a stranger's function behind an event trigger",
    sql: `create function public.watch_ddl() returns event_trigger language plpgsql as $f$ begin null; end $f$;
      alter function public.watch_ddl() owner to ${stranger};
      create event trigger watch_ddl on ddl_command_end execute function public.watch_ddl()`,
    right: foreign("event trigger watch_ddl calls public.watch_ddl()"),
  },
  {
    what: "a role's function that was granted to the migrator",
    sql: `${check} grant ${stranger} to {role}`,
    byMigrator: true,
    right: "works",
  },
  { what: "the migrator's own trigger", sql: touch("{role}"), byMigrator: true, right: "works" },
  {
    what: "an extension's trigger",
    sql: `create extension moddatetime;
      create trigger touch before update on public.contacts for each row execute function moddatetime(updated_at)`,
    byMigrator: true,
    right: "works",
    unstamp:
      "set session_replication_role = replica; update public.contacts set updated_at = created_at; reset session_replication_role",
  },
];
