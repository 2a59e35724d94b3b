import type { Connection } from "../../db/connection.ts";
import { listHeldLocks, readServerState, type ServerState } from "../../db/queries/rehearsal/measures.ts";
import type { StepObserver } from "../../migrations/step-observer.ts";
import type { Step } from "../../model/migration.ts";
import { byStrength } from "./lock-modes.ts";
import type { LockHold, LockWatch } from "./lock-watch.ts";

/** What one step did on the copy, all its tries together. */
export interface StepFigures {
  readonly migration: string;
  readonly step: Step;
  readonly durationMs: number;
  /** Tables and views of users alone; the strongest mode first, of one mode the longest. */
  readonly locks: readonly LockHold[];
  /** Of the whole server; with `walShared`, others wrote meanwhile. */
  readonly walBytes: number;
  readonly walShared: boolean;
  readonly tempBytes: number;
  /** Tables that were written anew, each in a file of its own. */
  readonly rewrites: readonly string[];
}

interface Try {
  readonly step: Step;
  readonly migration: string;
  readonly before: ServerState;
  readonly began: number;
}

/** Measures the steps of one run on a session that looks on. */
export class StepMeter implements StepObserver {
  readonly #looker: Connection;
  readonly #watch: LockWatch;
  readonly #figures = new Map<string, StepFigures>();
  readonly #accompanied: boolean;
  #current: Try | undefined;

  /** `accompanied`: others write beside the steps, by our own doing. */
  constructor(looker: Connection, watch: LockWatch, { accompanied }: { readonly accompanied: boolean }) {
    this.#looker = looker;
    this.#watch = watch;
    this.#accompanied = accompanied;
  }

  /** Of every step that was begun, in the order of the run. */
  get figures(): readonly StepFigures[] {
    return [...this.#figures.values()];
  }

  readonly onBegin = async (connection: Connection, step: Step, migration: string): Promise<void> => {
    // A try that failed is not told of.
    await this.#end(performance.now());
    const before = await readServerState(this.#looker.sql);
    this.#watch.follow(connection.pid);
    this.#current = { step, migration, before, began: performance.now() };
  };

  readonly onCommit = async ({ sql, pid }: Connection): Promise<void> => {
    this.#watch.see(await listHeldLocks(sql, pid));
  };

  readonly onEnd = async ({ execute }: Connection): Promise<void> => {
    const ended = performance.now();
    await execute("select pg_catalog.pg_stat_force_next_flush()");
    await this.#end(ended);
  };

  async #end(ended: number): Promise<void> {
    if (this.#current === undefined) return;
    const { step, migration, before, began } = this.#current;
    this.#current = undefined;
    const held = this.#watch.take(ended);
    const after = await readServerState(this.#looker.sql);
    const key = `${migration} ${step.name}`;
    const earlier = this.#figures.get(key);
    this.#figures.set(key, {
      migration,
      step,
      durationMs: ended - began + (earlier?.durationMs ?? 0),
      // For what the step made itself nobody can wait.
      locks: longestOf([...(earlier?.locks ?? []), ...held.filter(({ table }) => table in before.files)]),
      walBytes: after.walBytes - before.walBytes + (earlier?.walBytes ?? 0),
      walShared: this.#accompanied || this.#watch.shared || (earlier?.walShared ?? false),
      tempBytes: after.tempBytes - before.tempBytes + (earlier?.tempBytes ?? 0),
      rewrites: [...new Set([...(earlier?.rewrites ?? []), ...listRewritten(before, after)])].toSorted(),
    });
  }
}

function listRewritten({ files: before }: ServerState, { files: after }: ServerState): readonly string[] {
  return Object.entries(before)
    .filter(([table, file]) => file !== "0" && after[table] !== undefined && after[table] !== file)
    .map(([table]) => table);
}

function longestOf(holds: readonly LockHold[]): readonly LockHold[] {
  const longest = new Map<string, LockHold>();
  for (const hold of holds) {
    const key = `${hold.table} ${hold.mode}`;
    if (hold.heldMs > (longest.get(key)?.heldMs ?? -1)) longest.set(key, hold);
  }
  return [...longest.values()].toSorted((a, b) => byStrength(a.mode, b.mode) || b.heldMs - a.heldMs);
}
