import { foreignTriggersQuery } from "../db/queries/foreign-triggers.ts";
import { foreignCodeQuery } from "../db/queries/trusted-code.ts";
import { bulkSettings, newerSettings, sessionSettings, setWhereKnown } from "../db/session-settings.ts";
import type { Migration, Step } from "../model/migration.ts";
import { quoteLiteral } from "../sql/quote-literal.ts";
import type { Engine } from "./engine-files.ts";
import { hasMission } from "./packs.ts";
import { blockComment } from "./plain-sql.ts";
import { lockClass } from "./run-lock.ts";

// As any session of ours, but one lock time-out for all: nothing is tried again here.
const settings = {
  ...sessionSettings,
  ...newerSettings,
  ...bulkSettings,
  client_encoding: "UTF8",
  lock_timeout: "5s",
};

// Inside one transaction a setting is the transaction's own, else the session's.
const isLocal = "coalesce(current_setting('ssot.in_transaction', true), '') = 'yes'";

interface Refusals {
  /** Migrations that have to be applied before. */
  readonly needs: readonly string[];
  readonly engine: Engine;
  readonly userTriggers: "refuse" | "fire";
  /** Roles whose code may run with the rights of whoever sends the file. */
  readonly trustRoles: readonly string[];
}

/** What precedes the steps of an exported migration: refusals, settings, and the lock that keeps writers waiting. */
export function opening(migration: Migration, refusals: Refusals): readonly string[] {
  const { name } = migration;
  const mission = hasMission([migration]);
  return [
    blockComment([
      `${name}, as plain SQL; made by ssot export.`,
      "Send all of it: as one transaction (SQL editor, RPC) or statement by statement (supabase db push).",
      mission
        ? "As one transaction it lets nobody write to calls and contacts until it ends, and when it fails nothing has changed."
        : "As one transaction it lets nobody write to its table until it ends, and when it fails nothing has changed.",
      "Interrupted between two statements: ssot migrate goes on, ssot rollback takes it back.",
    ]),
    blockComment([
      "Refuses what ssot migrate would refuse: an old server, a newer engine, another order, a second run, code and triggers of others.",
    ]),
    guard(name, refusals, mission),
    blockComment(["Settings for this file; the last statement puts the former ones back."]),
    // The first for the session, whatever a role or database set; the second for as long as one transaction lasts.
    "select set_config('ssot.in_transaction', 'no', false);",
    "select set_config('ssot.in_transaction', 'yes', true);",
    `select set_config('ssot.former_settings', jsonb_object_agg(s.name, current_setting(s.name))::text, ${isLocal})
from unnest(array[${Object.keys(settings).map(quoteLiteral).join(", ")}]) as s(name)
where current_setting(s.name, true) is not null;`,
    `${setWhereKnown(settings, isLocal)};`,
    blockComment(["In one transaction: writers wait from here on, and what is checked at commit is checked at once."]),
    `do $do$
begin
  set constraints all immediate;${mission ? "\n  lock table public.contacts, public.calls in share row exclusive mode;" : ""}
end
$do$;`,
  ];
}

/** Records that a run has begun, and with which engine and ssot. */
export function startOfRun({ name, checksum }: Migration, { version, tool }: Engine): string {
  return `insert into ssot.run (name, direction, checksum, engine, tool)
values (${quoteLiteral(name)}, 'migrate', ${quoteLiteral(checksum)}, ${version}, ${quoteLiteral(tool)});`;
}

/** Records that a step is done. */
export function recordOf({ name }: Migration, step: Step): string {
  return `insert into ssot.run_step (name, direction, step) values ('${name}', 'migrate', '${step.name}') on conflict do nothing;`;
}

/** What follows the steps: the ledger, the end of the run, the former settings. */
export function closing({ name }: Migration): readonly string[] {
  return [
    blockComment(["What was applied, for ssot status and ssot rollback"]),
    `do $do$
begin
  update ssot.run set finished_at = now() where name = ${quoteLiteral(name)};
  insert into ssot.ledger (name, run_on) values (${quoteLiteral(name)}, now() at time zone 'UTC');
end
$do$;`,
    `select set_config(s.key, s.value, ${isLocal})
from jsonb_each_text(nullif(current_setting('ssot.former_settings', true), '')::jsonb) as s;`,
  ];
}

function guard(name: string, { needs, engine, userTriggers, trustRoles }: Refusals, mission: boolean): string {
  return `do $do$
declare
  applied text[] := '{}';
  half text;
  missing text;
  other record;
begin
  if current_setting('server_version_num')::integer < 150000 then
    raise exception 'PostgreSQL % is too old: expected 15 or newer', current_setting('server_version');
  end if;
  if current_setting('session_replication_role') = 'replica' then
    raise exception 'session_replication_role is replica: keys would not be looked at' using errcode = 'object_not_in_prerequisite_state';
  end if;
  if not pg_try_advisory_xact_lock(${lockClass}, 1) then
    raise exception 'another ssot run is at work on this database' using errcode = 'lock_not_available';
  end if;${refuseForeignSchema}
  if to_regclass('ssot.engine') is not null then${refuseNewerEngine(engine)}
  end if;
  if to_regclass('ssot.ledger') is not null and to_regclass('ssot.run') is not null then
    applied := array(select l.name from ssot.ledger as l);
    half := (select min(r.name) from ssot.run as r where r.finished_at is null);
  end if;
  if half is not null then
    raise exception '% is half-way', half using hint = 'Finish it with ssot migrate, or take it back with ssot rollback.';
  end if;
  if ${quoteLiteral(name)} = any (applied) then
    raise exception ${quoteLiteral(`${name} is applied already`)};
  end if;${needs.length === 0 ? "" : refuseOrder(needs)}${refuseForeignCode(trustRoles, mission)}${userTriggers === "fire" || !mission ? "" : refuseTriggers}
end
$do$;`;
}

/** Refuses a database that a newer engine is in; `other` is a record. */
export function refuseNewerEngine({ version, tool }: Engine): string {
  return `
    select e.version, e.tool into other from ssot.engine as e where e.version > ${version};
    if found then
      raise exception 'the database has engine % of ssot %, this file brings engine ${version} of ssot ${tool}', other.version, other.tool
        using errcode = 'SS004', hint = 'Export the file with that version of ssot, or a newer one.';
    end if;`;
}

/** Refuses a schema of somebody else, whose triggers and functions would run as whoever sends the file; `other` is a record. */
export const refuseForeignSchema = `
  select pg_get_userbyid(n.nspowner) as owner into other
  from pg_catalog.pg_namespace as n join pg_catalog.pg_roles as r on r.rolname = current_user
  where n.nspname = 'ssot' and n.nspowner <> r.oid and (r.rolsuper or not pg_has_role(r.oid, n.nspowner, 'USAGE'));
  if found then
    raise exception 'schema ssot belongs to role %: send this file as that role', other.owner using errcode = 'insufficient_privilege';
  end if;`;

function refuseOrder(needs: readonly string[]): string {
  return `
  select string_agg(n.name, ', ' order by n.place) into missing
  from unnest(array[${needs.map(quoteLiteral).join(", ")}]) with ordinality as n(name, place)
  where n.name <> all (applied);
  if missing is not null then
    raise exception '% must be applied first', missing;
  end if;`;
}

function refuseForeignCode(trustRoles: readonly string[], mission: boolean): string {
  const isNamed = trustRoles.length === 0 ? "false" : `r.rolname in (${trustRoles.map(quoteLiteral).join(", ")})`;
  return `
  select string_agg(c.what, '; ' order by c.what) as code into other
  from (${foreignCodeQuery(isNamed, mission)}) as c;
  if other.code is not null then
    raise exception 'code of others would run with the rights of role %: %', current_user, other.code
      using hint = 'Give it to a role that is trusted, drop it for the run, or trust its owner: ssot export --trust-role ROLE',
            errcode = 'insufficient_privilege';
  end if;`;
}

const refuseTriggers = `
  select string_agg(format('%s.%s (%s)', t.table, t.name, t.when), ', ' order by t.table, t.name) as loud into other
  from (${foreignTriggersQuery}) as t
  where not t.harmless;
  if other.loud is not null then
    raise exception 'these triggers would fire on every row that is changed: %', other.loud
      using hint = 'Disable them, or let them fire: ssot export --user-triggers fire';
  end if;`;
