import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "../../db/connection.ts";
import { refuseOldServer } from "../../db/preflight.ts";
import { canViewRuns, findLockHolder, readRun } from "../../db/queries/run-view.ts";
import type { Target } from "../../db/target.ts";
import { refuseClosedSchema } from "../../migrations/history.ts";
import { type Folders, loadMigrations } from "../../migrations/load-migrations.ts";
import { lockClass } from "../../migrations/run-lock.ts";
import { type Mark, type RunView, viewRun } from "./run-view.ts";

export interface WatchOptions {
  readonly target: Target;
  readonly directory: Folders;
  readonly everyMs: number;
  /** Roles whose schema ssot is believed. */
  readonly trustRoles?: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

const mostMarks = 100;

/** Looks at the run of another session every so often, until none is left or an abort. Writes nothing. */
export async function* watchRuns(options: WatchOptions): AsyncGenerator<RunView, void> {
  const { signal, trustRoles } = options;
  const migrations = await loadMigrations(options.directory);
  const connection = await connect(options.target);
  const { sql } = connection;
  const marks: Mark[] = [];
  try {
    refuseOldServer(connection);
    while (!signal.aborted) {
      const holder = await findLockHolder(sql, lockClass);
      // Asked anew each time: the schema comes with a run, and goes with one.
      await refuseClosedSchema(sql, trustRoles);
      const row = (await canViewRuns(sql)) ? await readRun(sql, holder?.pid) : undefined;
      const now = performance.now();
      const known = row ?? (holder === undefined ? undefined : { ...nothingTold, ...holder });
      const run = known === undefined ? null : viewRun(known, migrations, marks, now);
      yield { command: "status", at: new Date(), run };
      if (run === null) return;
      if (run.rows !== null) marks.push({ at: now, what: run.rows.what, done: run.rows.done });
      if (marks.length > mostMarks) marks.shift();
      await sleep(options.everyMs, undefined, { signal }).catch(() => {});
    }
  } finally {
    await connection.close();
  }
}

const nothingTold = {
  migration: null,
  direction: null,
  steps: [],
  what: null,
  done: null,
  total: null,
  first: null,
  tellingMs: null,
  paused: false,
  mode: null,
  state: null,
  reason: null,
} as const;
