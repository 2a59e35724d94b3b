import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "postgres";
import type { PaceNow } from "../../src/core/progress.ts";
import { untilHeld } from "./until-waits.ts";

/** What a run tells of its pace. */
export class Told {
  readonly all: PaceNow[] = [];
  readonly notes: string[] = [];
  readonly progress = {
    onPace: (now: PaceNow) => void this.all.push(now),
    onPaceNote: (note: string) => void this.notes.push(note),
    onRows: () => this.#begun(),
  };
  #begun = (): void => {};
  /** The first long step has told of its first batch. */
  readonly begun = new Promise<void>((resolve) => {
    this.#begun = resolve;
  });

  async until(wanted: PaceNow["state"], reason?: RegExp): Promise<void> {
    const isIt = (now: PaceNow | undefined): boolean =>
      now?.state === wanted && (reason === undefined || reason.test(now.reason ?? ""));
    while (!isIt(this.all.at(-1))) await sleep(5);
  }
}

/** Holds a run by the flag as soon as it has told of its first batch: it is in the middle of its work, whatever comes next. */
export async function stopInTheMiddle(sql: Sql, told: Told): Promise<() => Promise<unknown>> {
  await told.begun;
  await sql`update ssot.pace set paused = true`;
  await untilHeld(sql);
  return () => sql`update ssot.pace set paused = false`;
}
