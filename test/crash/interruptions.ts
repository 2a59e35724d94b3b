import type { Sql } from "postgres";
import type { Progress } from "../../src/core/progress.ts";
import { status } from "../../src/core/status.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import { lotOf, seed, soak, tell } from "../support/draw.ts";
import { targetOf } from "../support/run-options.ts";

/** What an interrupted run is given. */
export interface Interrupted {
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/**
 * How a run is interrupted. abort: the user's signal, as a step begins. record: the client sends nothing any more where a
 * step is done and only its record is missing. terminate: the server ends the session.
 */
export type Interruption = "abort" | "record" | "terminate";

/** Ends the session that holds the run lock. */
export async function terminateRun(sql: Sql): Promise<void> {
  await sql`
    select pg_terminate_backend(pid) from pg_catalog.pg_locks
    where locktype = 'advisory' and classid = 1936945012 and granted
      and database = (select oid from pg_catalog.pg_database where datname = current_database())`;
}

/** Every place takes minutes: an ordinary run of the tests strikes at a sixth of them, drawn anew each time. */
const isDrawn = (place: string): boolean => lotOf(place) < Math.max(soak, 1 / 6);

/**
 * Starts a run again and again, each time interrupted at the first place where none was before, until one comes to its
 * end. Gives the places, those that were passed over included. What a run fails with is only swallowed when it was interrupted.
 */
export async function interruptEverywhere(
  how: Interruption,
  sql: Sql,
  start: (interrupted: Interrupted) => Promise<unknown>,
  between: (place: string) => Promise<void> = async () => {},
  isWanted = isDrawn,
): Promise<readonly string[]> {
  if (isWanted === isDrawn) tell(`interruptions (${how}): ${soak === 1 ? "all places" : `drawn with seed ${seed}`}`);
  const places: string[] = [];
  for (;;) {
    const { interrupted, struck } = interruptAtNew(how, sql, places, isWanted);
    try {
      await start(interrupted);
      await struck();
      return places;
    } catch (error) {
      const place = await struck();
      if (place === undefined) throw error;
      await between(place);
    }
  }
}

function interruptAtNew(how: Interruption, sql: Sql, places: string[], isWanted: (place: string) => boolean) {
  const controller = new AbortController();
  let at: string | undefined;
  let terminated: Promise<void> | undefined;
  let step: string | undefined;
  const strike = (place: string): boolean => {
    if (at !== undefined || places.includes(place)) return false;
    places.push(place);
    if (!isWanted(place)) return false;
    at = place;
    return true;
  };
  const onStep = (migration: string, name: string): void => {
    step = `${migration} ${name}`;
    if (how === "abort" && strike(step)) controller.abort();
    if (how === "terminate" && strike(step)) terminated = terminateRun(sql);
  };
  const onSql = (text: string): void => {
    if (step === undefined || how !== "record") return;
    if (at !== undefined) throw new Error("the client is dead");
    if (text.startsWith("insert into ssot.run_step") && strike(step)) throw new Error("the client dies");
  };
  const progress: Progress = { onStep, onSql };
  const struck = async (): Promise<string | undefined> => {
    await terminated;
    return at;
  };
  return { interrupted: { progress, signal: controller.signal } satisfies Interrupted, struck };
}

/** The interrupted migrations, as `ssot status` tells them: `direction name`. */
export async function listPartial(url: string): Promise<readonly string[]> {
  const { migrations } = await status({ target: targetOf(url), directory: migrationsDirectory() });
  return migrations.filter(({ state }) => state === "partial").map(({ name, interrupted }) => `${interrupted} ${name}`);
}
