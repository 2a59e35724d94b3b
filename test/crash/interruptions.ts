import type { Sql } from "postgres";
import type { Progress } from "../../src/core/progress.ts";
import { status } from "../../src/core/status.ts";
import { migrationsDirectory } from "../../src/migrations/load-migrations.ts";
import { targetOf } from "../support/run-options.ts";

/** What an interrupted run is given. */
export interface Interrupted {
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

/**
 * How a run is interrupted. abort: the user's signal, as a step begins. death: the client sends nothing any more, from a
 * text on. record: the same, where a step is done and only its record is missing. terminate: the server ends the session.
 */
export type Interruption = "abort" | "death" | "record" | "terminate";

/** Ends the session that holds the run lock. */
export async function terminateRun(sql: Sql): Promise<void> {
  await sql`
    select pg_terminate_backend(pid) from pg_catalog.pg_locks
    where locktype = 'advisory' and classid = 1936945012 and granted
      and database = (select oid from pg_catalog.pg_database where datname = current_database())`;
}

/** Every place takes minutes: an ordinary run of the tests strikes at a third of them, drawn anew each time. */
export const drawn = process.env.SSOT_TEST_EVERY_STEP === undefined ? 1 / 3 : 1;

/**
 * Starts a run again and again, each time interrupted at the first place where none was before, until one comes to its
 * end. Gives the places, those that were passed over included. What a run fails with is only swallowed when it was interrupted.
 */
export async function interruptEverywhere(
  how: Interruption,
  sql: Sql,
  start: (interrupted: Interrupted) => Promise<unknown>,
  between: (place: string) => Promise<void> = async () => {},
  share = 1,
): Promise<readonly string[]> {
  const places: string[] = [];
  for (;;) {
    const { interrupted, struck } = interruptAtNew(how, sql, places, share);
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

function interruptAtNew(how: Interruption, sql: Sql, places: string[], share: number) {
  const controller = new AbortController();
  let at: string | undefined;
  let terminated: Promise<void> | undefined;
  let step: string | undefined;
  let sent = 0;
  let inTransaction = false;
  const strike = (place: string): boolean => {
    if (at !== undefined || places.includes(place)) return false;
    places.push(place);
    if (Math.random() >= share) return false;
    at = place;
    return true;
  };
  const onStep = (migration: string, name: string): void => {
    step = `${migration} ${name}`;
    sent = 0;
    if (how === "abort" && strike(step)) controller.abort();
    if (how === "terminate" && strike(step)) terminated = terminateRun(sql);
  };
  const onSql = (text: string): void => {
    if (step === undefined || how === "abort" || how === "terminate") return;
    if (at !== undefined) throw new Error("the client is dead");
    sent += 1;
    // Inside a transaction every place leaves the same: that nothing of it happened.
    const distinct =
      how === "death" ? !inTransaction || text === "commit" : text.startsWith("insert into ssot.run_step");
    inTransaction = text === "begin" || (inTransaction && text !== "commit" && text !== "rollback");
    if (distinct && strike(how === "death" ? `${step} ${sent}` : step)) throw new Error("the client dies");
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
