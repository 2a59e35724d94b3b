import type { Connection } from "../db/connection.ts";
import { sqlStateOf } from "../db/connection-error.ts";
import { SsotError } from "../model/errors.ts";
import type { Direction, Migration, Step } from "../model/migration.ts";
import type { BlockerWatch } from "./blockers.ts";
import type { Pacing } from "./pacing.ts";
import { retryLocked } from "./retry-locked.ts";
import { stepError } from "./step-error.ts";
import type { StepObserver } from "./step-observer.ts";

export interface StepOptions {
  readonly direction: Direction;
  /** lock_timeout of a step that takes an exclusive lock, in milliseconds. */
  readonly lockTimeoutMs: number;
  /** How often a step is tried again after a lock time-out, a deadlock or a serialisation failure. */
  readonly lockTries: number;
  readonly clientActions: Readonly<Record<string, () => Promise<void>>>;
  readonly blockers: BlockerWatch;
  readonly signal?: AbortSignal | undefined;
  readonly pacing?: Pacing | undefined;
  readonly observer?: StepObserver | undefined;
  readonly onStep?: ((step: Step) => void) | undefined;
  /** Hears every five seconds who a waiting step waits for. */
  readonly onBlocked?: ((step: Step, blockers: readonly string[]) => void) | undefined;
  readonly onRetry?: ((step: Step, attempt: number, blockers: readonly string[]) => void) | undefined;
}

// A long wait is for older transactions anywhere in the database, while nothing of the live traffic waits for us.
const longLockTimeoutMs = 300_000;
const rounds = 3;

/** Runs one migration's steps in one direction, leaving out those that the ledger has as done. */
export class StepExecutor {
  readonly #connection: Connection;
  readonly #migration: Migration;
  readonly #steps: readonly Step[];
  readonly #options: StepOptions;
  readonly #done = new Set<string>();
  readonly #rounds = new Map<string, number>();

  constructor(connection: Connection, migration: Migration, options: StepOptions) {
    this.#connection = connection;
    this.#migration = migration;
    this.#steps = options.direction === "migrate" ? migration.up : migration.down;
    this.#options = options;
  }

  /** Reads which steps an earlier, interrupted run finished. */
  async resume(): Promise<void> {
    const rows = await this.#connection.sql<{ step: string }[]>`
      select step from ssot.run_step where name = ${this.#migration.name} and direction = ${this.#options.direction}`;
    for (const { step } of rows) this.#done.add(step);
  }

  /** Runs the step at a place, unless it is done. Throws a SsotError that says what state was left. */
  async run(place: number): Promise<void> {
    const options = this.#options;
    const step = this.#steps[place];
    if (step === undefined || this.#done.has(step.name)) return;
    try {
      await retryLocked(() => this.#once(step), {
        lockTries: options.lockTries,
        blockers: options.blockers,
        signal: options.signal,
        onBlocked: (who) => options.onBlocked?.(step, who),
        onRetry: (attempt, who) => options.onRetry?.(step, attempt, who),
      });
    } catch (error) {
      const { retry } = step;
      const round = this.#rounds.get(step.name) ?? 1;
      if (retry === undefined || sqlStateOf(error) !== retry.sqlState || round >= rounds)
        throw this.#explain(step, error);
      this.#rounds.set(step.name, round + 1);
      const from = this.#steps.findIndex(({ name }) => name === retry.from);
      for (const { name } of this.#steps.slice(from, place)) this.#done.delete(name);
      for (let again = from; again <= place; again += 1) await this.run(again);
      return;
    }
    this.#done.add(step.name);
  }

  async #once(step: Step): Promise<void> {
    const { observer, onStep, direction, pacing } = this.#options;
    onStep?.(step);
    await pacing?.turn();
    this.#stopIfAborted();
    await observer?.onBegin(this.#connection, step, this.#migration.name, direction);
    await this.#send(step);
    await observer?.onEnd(this.#connection);
  }

  async #send(step: Step): Promise<void> {
    if (step.client !== undefined) await this.#options.clientActions[step.client]?.();
    const { execute, inTransaction } = this.#connection;
    const record = this.#record(step);
    const lockTimeout = step.waitsLong ? longLockTimeoutMs : this.#options.lockTimeoutMs;
    if (step.mode === "transaction") {
      await inTransaction(async () => {
        for (const text of [`set local lock_timeout = ${lockTimeout}`, step.sql, record]) await execute(text);
        await this.#options.observer?.onCommit(this.#connection);
      });
      return;
    }
    await execute(`set lock_timeout = ${lockTimeout}`);
    this.#stopIfAborted();
    const rows = await execute(step.sql);
    if (step.mode === "generate") {
      for (const row of rows) {
        const [statement] = Object.values(row);
        if (typeof statement !== "string") continue;
        await this.#options.pacing?.turn();
        this.#stopIfAborted();
        // What is not done CONCURRENTLY keeps the live traffic waiting while it waits.
        if (step.waitsLong && !isConcurrent(statement)) {
          await execute(`set lock_timeout = ${this.#options.lockTimeoutMs}`);
          await execute(statement);
          await execute(`set lock_timeout = ${lockTimeout}`);
        } else await execute(statement);
      }
    }
    await execute(record);
  }

  #stopIfAborted(): void {
    if (this.#options.signal?.aborted) throw new SsotError("INTERRUPTED", "interrupted");
  }

  #record(step: Step): string {
    const values = [this.#migration.name, this.#options.direction, step.name].map((text) => `'${text}'`).join(", ");
    return `insert into ssot.run_step (name, direction, step) values (${values})
      on conflict on constraint run_step_pkey do update set finished_at = now()`;
  }

  #explain(step: Step, error: unknown): SsotError {
    return stepError({
      migration: this.#migration.name,
      direction: this.#options.direction,
      step,
      done: this.#done.size,
      blockers: this.#options.blockers.lastSeen(),
      interrupted: this.#options.signal?.aborted ?? false,
      error,
    });
  }
}

function isConcurrent(statement: string): boolean {
  return /^(create|create unique|drop) index concurrently /i.test(statement);
}
