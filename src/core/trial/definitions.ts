import type { Connection } from "../../db/connection.ts";
import type { Obstacle } from "../../db/queries/obstacles/obstacle.ts";
import type { EventTrigger } from "../../db/queries/trial-work.ts";
import { attempt, isPassing, type Refusal } from "./attempt.ts";

// Everything that a run makes, changes and drops, once: what stands in the way of one of these stands in the way of a run.
const definitions: readonly string[] = [
  "create schema ssot_trial",
  "create table ssot_trial.made (id uuid primary key, n bigint generated always as identity, t text)",
  "comment on table ssot_trial.made is 'trial'",
  "create index made_t on ssot_trial.made (t)",
  "create view ssot_trial.seen as select m.id from ssot_trial.made as m",
  "create function ssot_trial.fire() returns trigger language plpgsql as 'begin return new; end'",
  "create procedure ssot_trial.work() language plpgsql as 'begin null; end'",
  "revoke all on all routines in schema ssot_trial from public",
  "create trigger fire before insert on ssot_trial.made for each row execute function ssot_trial.fire()",
  "alter table ssot_trial.made add constraint made_t check (t <> '') not valid",
  "alter table ssot_trial.made validate constraint made_t",
  "create table public.ssot_trial (id uuid)",
  "drop table public.ssot_trial",
  "create view public.ssot_trial as select m.id from ssot_trial.made as m",
  "drop view public.ssot_trial",
  "drop trigger fire on ssot_trial.made",
  "drop routine ssot_trial.work()",
  "drop function ssot_trial.fire()",
  "drop view ssot_trial.seen",
  "drop index ssot_trial.made_t",
  "alter table ssot_trial.made drop constraint made_t",
  "alter table ssot_trial.made drop column t",
  "drop table ssot_trial.made",
  "drop schema ssot_trial",
];

/** Where event triggers fire: whether they let a run make and drop what it makes and drops. Ends with the transaction. */
export async function tryDefinitions(
  connection: Connection,
  triggers: readonly EventTrigger[],
): Promise<{ readonly obstacle?: Obstacle; readonly notTried?: string }> {
  if (triggers.length === 0) return {};
  const { sql } = connection;
  const [may] = await sql<{ create: boolean; role: string; taken: boolean }[]>`
    select has_database_privilege(current_database(), 'CREATE') as create, current_user as role,
           to_regnamespace('ssot_trial') is not null or to_regclass('public.ssot_trial') is not null as taken`;
  if (!may?.create) return { notTried: `event triggers: role ${may?.role} may not create a schema` };
  if (may.taken) return { notTried: "event triggers: the name ssot_trial is taken" };
  for (const statement of definitions) {
    const outcome = await attempt(connection, statement, { readOnly: false });
    if (!("refusal" in outcome)) continue;
    if (isPassing(outcome.refusal)) return { notTried: `event triggers: ${outcome.refusal.message}` };
    return { obstacle: eventTriggerObstacle(triggers, outcome.refusal, statement.split(" ").slice(0, 2).join(" ")) };
  }
  return {};
}

/** What an event trigger refuses, by the name of the one whose function the server names. */
export function eventTriggerObstacle(
  triggers: readonly EventTrigger[],
  { message, sqlState, context }: Refusal,
  command: string,
): Obstacle {
  const named = triggers.filter(({ routine }) => context.includes(` ${routine}(`) || context.includes(`.${routine}(`));
  const names = (named.length > 0 ? named : triggers).map(({ name }) => name).join(", ");
  return {
    what: `event trigger ${names} does not let a run ${command}${/^42/.test(sqlState) ? `: ${message}` : ""}`,
    remedy: `disable it for the run: alter event trigger ${names} disable; or give its function a search path of its own`,
  };
}
