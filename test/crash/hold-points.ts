import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";

/** A place in a run at which it can be held. */
export interface Point {
  /** The run passes it as its nth. */
  readonly at: number;
  /** Migration and step, and the statement inside it. */
  readonly name: string;
}

const barrier = 20_260_210;

/**
 * Makes every change that a run makes a point where it can be held: after each statement that writes a table of schema
 * ssot, before and after each one that changes the schema, also inside functions and procedures. Each batch writes such a
 * table, so there are points on both sides of every batch boundary. Needs a superuser.
 */
export async function installPoints(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create schema strike;
    -- Unlogged, since a change of it must not give DROP INDEX CONCURRENTLY a transaction to be in.
    create unlogged sequence strike.counter;
    create table strike.target (at bigint not null);
    insert into strike.target values (0);

    create function strike.point(what text) returns void language plpgsql set search_path = '' as $$
    declare
      target bigint := (select t.at from strike.target as t);
      n bigint;
    begin
      if pg_catalog.current_setting('application_name') <> 'ssot' or target = 0 then return; end if;
      n := pg_catalog.nextval('strike.counter');
      if target = -1 then
        raise warning 'point % %: %', n, coalesce(pg_catalog.pg_current_xact_id_if_assigned()::text, 'alone'), what;
      end if;
      if n = target then perform pg_catalog.pg_advisory_xact_lock_shared(${barrier}); end if;
    end $$;

    create function strike.wrote() returns trigger language plpgsql set search_path = '' as $$
    begin
      -- Written by the clock, not by the work.
      if tg_table_name in ('pace', 'progress') then return null; end if;
      perform strike.point(pg_catalog.lower(tg_op) || ' ' || tg_table_name);
      return null;
    end $$;

    create function strike.changed() returns event_trigger language plpgsql set search_path = '' as $$
    declare
      made record;
    begin
      if pg_catalog.current_setting('strike.installing', true) = 'yes' then return; end if;
      perform strike.point(case tg_event when 'ddl_command_start' then 'before ' else 'after ' end || pg_catalog.lower(tg_tag));
      if tg_event <> 'ddl_command_end' then return; end if;
      perform pg_catalog.set_config('strike.installing', 'yes', true);
      for made in
        select c.objid::regclass as name from pg_catalog.pg_event_trigger_ddl_commands() as c
        where c.object_type = 'table' and c.command_tag like 'CREATE TABLE%' and c.schema_name = 'ssot'
      loop
        execute pg_catalog.format('create or replace trigger strike after insert or update or delete or truncate on %s
                                   for each statement execute function strike.wrote()', made.name);
      end loop;
      perform pg_catalog.set_config('strike.installing', 'no', true);
    end $$;

    create event trigger strike_start on ddl_command_start execute function strike.changed();
    create event trigger strike_end on ddl_command_end execute function strike.changed()`);
}

/** Lists the points that a run passes, which it is to do on a database of its own. */
export async function listPoints(
  sql: Sql,
  run: (progress: {
    readonly onStep: (migration: string, step: string) => void;
    readonly onWarning: (message: string) => void;
  }) => Promise<void>,
): Promise<readonly Point[]> {
  const passed: { at: number; transaction: string; name: string }[] = [];
  let step = "beginning";
  await arm(sql, -1);
  await run({
    onStep: (migration, name) => {
      step = `${migration} ${name}`;
    },
    onWarning: (message) => {
      const [, at, transaction, what] = /^point (\d+) (\w+): (.*)$/.exec(message) ?? [];
      if (at !== undefined) passed.push({ at: Number(at), transaction: `${transaction}`, name: `${step}: ${what}` });
    },
  });
  await arm(sql, 0);
  // Inside one transaction every place leaves the same, that nothing of it happened: of a row of statements that only
  // change the schema the ends are taken.
  return passed.filter(({ transaction, name }, place) => {
    const isEnd = passed[place - 1]?.transaction !== transaction || passed[place + 1]?.transaction !== transaction;
    return isEnd || transaction === "alone" || !/: (before|after) /.test(name);
  });
}

/** Has the next run be held at a point; the result lets it go on. */
export async function holdAt(sql: Sql, { at }: Point): Promise<() => Promise<void>> {
  const session = await sql.reserve();
  await session`select pg_advisory_lock(${barrier})`;
  await arm(sql, at);
  return async () => {
    await session`select pg_advisory_unlock(${barrier})`;
    session.release();
  };
}

/** Waits until a run is held. Gives the process id of its session; throws where the run ended without. */
export async function untilHeld(sql: Sql, run: Promise<unknown>): Promise<number> {
  let ended = false;
  const end = (): void => {
    ended = true;
  };
  run.then(end, end);
  for (;;) {
    const [row] = await sql<{ pid: number }[]>`
      select pid from pg_catalog.pg_stat_activity
      where datname = current_database() and application_name = 'ssot' and wait_event = 'advisory'`;
    if (row !== undefined) return row.pid;
    if (ended) throw new Error("the run did not come to the point");
    await sleep(10);
  }
}

/** Waits until a server process is gone. */
export async function untilGone(sql: Sql, pid: number): Promise<void> {
  while ((await sql`select from pg_catalog.pg_stat_activity where pid = ${pid}`).length > 0) await sleep(10);
}

/** No point holds a run any more. */
export const disarm = (sql: Sql): Promise<void> => arm(sql, 0);

async function arm(sql: Sql, at: number): Promise<void> {
  await sql`update strike.target set at = ${at}`;
  await sql`alter sequence strike.counter restart`;
}
