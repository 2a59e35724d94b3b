import { failing, type Mutation } from "./mutation.ts";

const each = (mode: string): string =>
  `do $$ declare t text; begin for t in select tgname from pg_trigger where tgrelid = 'public.calls'::regclass and tgname like 'warn%' loop execute format('alter table public.calls ${mode} trigger %I', t); end loop; end $$`;
const watch = "check_deprecated_column_writes_with_audit";
/** The first trigger, made anew with one part changed. */
const again = (said: string, mode = "enable always"): string =>
  `drop trigger warn_deprecated_writes on public.calls; create trigger warn_deprecated_writes ${said}; alter table public.calls ${mode} trigger warn_deprecated_writes`;
const nothing = "create function public.nothing() returns trigger language plpgsql as 'begin return null; end'";
const swear = "select ssot.swear_in()";
const hollow = (body: string): string =>
  `create or replace function public.${watch}() returns trigger language plpgsql security definer set search_path = pg_catalog, pg_temp as $$ begin ${body} return null; end $$`;

/** The witness of deprecated writes: asleep, hollow, sworn in again; and what keeps the columns from being dropped. */
export const witness: readonly Mutation[] = [
  ...failing(
    "schema.triggers",
    ["a trigger is gone", "drop trigger warn_deprecated_writes on public.calls"],
    [
      "all triggers are gone",
      "do $$ declare t text; begin for t in select tgname from pg_trigger where tgrelid = 'public.calls'::regclass and tgname like 'warn%' loop execute format('drop trigger %I on public.calls', t); end loop; end $$",
    ],
    ["a trigger is disabled", "alter table public.calls disable trigger warn_deprecated_writes_insert"],
    ["all triggers are disabled", each("disable")],
    ["all triggers of the table are disabled", "alter table public.calls disable trigger user"],
    ["a trigger sleeps in replica sessions", "alter table public.calls enable trigger warn_deprecated_writes_value"],
    [
      "a trigger watches another column",
      again(
        `after update of notes on public.calls for each row execute function public.${watch}('name', 'public.calls', 'caller_name')`,
      ),
    ],
    [
      "a trigger is told another column",
      again(
        `after update of caller_name on public.calls for each row execute function public.${watch}('name', 'public.calls', 'notes')`,
      ),
    ],
    [
      "a trigger fires on deletes",
      again(
        `after delete on public.calls for each row execute function public.${watch}('name', 'public.calls', 'caller_name')`,
      ),
    ],
    [
      "a trigger never fires",
      again(
        `after update of caller_name on public.calls for each row when (false) execute function public.${watch}('name', 'public.calls', 'caller_name')`,
      ),
    ],
    [
      "a trigger calls another function",
      `${nothing}; ${again("after update of caller_name on public.calls for each row execute function public.nothing()")}`,
    ],
    ["a trigger was renamed", "alter trigger warn_deprecated_writes on public.calls rename to watch"],
    [
      "a trigger that looks at values looks at nothing",
      `drop trigger warn_deprecated_writes_value on public.calls; create trigger warn_deprecated_writes_value after update on public.calls for each row when (old.id <> new.id) execute function public.${watch}('value', 'public.calls', 'caller_name'); alter table public.calls enable always trigger warn_deprecated_writes_value; ${swear}`,
    ],
  ),
  ...failing(
    "schema.witness",
    [
      "a trigger slept for a while",
      "alter table public.calls disable trigger warn_deprecated_writes; alter table public.calls enable always trigger warn_deprecated_writes",
    ],
    ["all triggers slept for a while", `${each("disable")}; ${each("enable always")}`],
    [
      "a trigger was made anew",
      again(
        `after update of caller_name on public.calls for each row execute function public.${watch}('name', 'public.calls', 'caller_name')`,
      ),
    ],
    [
      "a trigger slept, and was sworn in again",
      `alter table public.calls disable trigger warn_deprecated_writes; alter table public.calls enable always trigger warn_deprecated_writes; ${swear}`,
    ],
    [
      "triggers slept through a write, and were sworn in again",
      `${each("disable")}; update public.calls set caller_name = 'x' where vapi_call_id = 'vapi-seed-01'; ${each("enable always")}; ${swear}`,
    ],
    ["the record of a trigger is gone", "delete from ssot.witness where name = 'warn_deprecated_writes'"],
    ["the record of all is gone", "delete from ssot.witness"],
    [
      "the record was written by hand",
      "alter table public.calls disable trigger warn_deprecated_writes; alter table public.calls enable always trigger warn_deprecated_writes; update ssot.witness as w set changed_in = l.changed_in from ssot.live_witness() as l where l.kind = w.kind and l.name = w.name",
    ],
    [
      "a function of the witness was granted and closed again",
      `grant execute on function public.${watch}() to authenticated; revoke execute on function public.${watch}() from authenticated`,
    ],
    ["the witness has another owner", `alter function public.${watch}() cost 101`],
  ),
  ...failing(
    "schema.functions",
    ["the witness sees nothing", hollow("")],
    ["the witness sees nothing, sworn in again", `${hollow("")}; ${swear}`],
    ["the witness refuses writes", hollow("raise exception 'no';")],
    [
      "the audit forgets inserts",
      "create or replace function ssot.audit_write(relation text, col text, row_key jsonb, org_id uuid, old_value text, new_value text, operation text, seen text) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$ begin null; end $$",
    ],
    [
      "the trace is not kept",
      "create or replace function ssot.trace_write(relation text, col text) returns void language plpgsql set search_path = pg_catalog, pg_temp as $$ begin null; end $$",
    ],
    [
      "nothing is ever named",
      "create or replace function ssot.statement_names(statement text, tab regclass, col text) returns boolean language sql as 'select false'",
    ],
  ),
  ...failing("deprecation-trigger.silence", [
    "somebody fills the audit",
    "create function public.gossip() returns trigger language plpgsql as $$ begin insert into public.deprecated_column_audit (table_name, column_name, call_id, operation, seen, role_name) values ('calls', 'caller_name', new.id, 'UPDATE', 'by name', 'x'); return new; end $$; create trigger gossip before update on public.calls for each row execute function public.gossip()",
  ]),
  ...failing(
    "deprecation-trigger.update",
    [
      "somebody swallows the audit's rows",
      "create function public.swallow() returns trigger language plpgsql as 'begin return null; end'; create trigger swallow before insert on public.deprecated_column_audit for each row execute function public.swallow()",
    ],
    [
      "a rule refuses the audit's rows",
      "alter table public.deprecated_column_audit add constraint none check (column_name <> 'caller_name') not valid",
    ],
  ),
  ...failing(
    "phase3.writers",
    ["a column is written", "update public.calls set from_number = from_number where vapi_call_id = 'vapi-seed-01'"],
    [
      "a column is written, and the audit emptied",
      "update public.calls set caller_name = 'x' where vapi_call_id = 'vapi-seed-01'; delete from public.deprecated_column_audit",
    ],
    [
      "a column is written by an insert",
      "insert into public.calls (org_id, vapi_call_id, call_direction, caller_name) values ('a0000000-0000-4000-8000-000000000001', 'written', 'outbound', 'Maya')",
    ],
    [
      "a trigger writes a column",
      "create function public.copy() returns trigger language plpgsql as $$ begin new.caller_name := 'copied'; return new; end $$; create trigger copy before update on public.calls for each row execute function public.copy(); update public.calls set notes = 'x' where vapi_call_id = 'vapi-seed-02'; drop trigger copy on public.calls; drop function public.copy()",
    ],
  ),
  ...failing(
    "phase3.dependents",
    ["a view reads a column", "create view public.callers as select c.caller_name from public.calls as c"],
    ["a rule asks a column", "alter table public.calls add constraint named check (caller_name <> 'x') not valid"],
    [
      "a generated column reads a column",
      "alter table public.calls add column initial text generated always as (left(caller_name, 1)) stored",
    ],
    [
      "a materialised view reads a column",
      "create materialized view public.callers as select from_number from public.calls",
    ],
    ["statistics look at a column", "create statistics public.names on caller_name, org_id from public.calls"],
    [
      "a policy reads a column",
      "create policy named on public.calls as restrictive for delete to authenticated using (caller_name is not null)",
    ],
  ),
  ...failing(
    "phase3.functions",
    [
      "a function reads a column",
      "create function public.digest() returns bigint language plpgsql as $$ begin return (select count(caller_name) from public.calls); end $$",
    ],
    [
      "a function writes a column",
      "create function public.fix() returns void language sql as 'update public.calls set from_number = null where false'",
    ],
  ),
  ...failing("phase3.jobs", [
    "a job names a column",
    "create schema cron; create table cron.job (jobid bigint, command text, database text); insert into cron.job values (1, 'update public.calls set caller_name = null', current_database())",
  ]),
];
