import { type Connection, connect } from "../db/connection.ts";
import { isConnectionLoss } from "../db/connection-error.ts";
import { eraseDueRows } from "../db/queries/erasure.ts";
import { readDeadlockTimeout } from "../db/queries/session-facts.ts";
import { bulkSettings, setStatements } from "../db/session-settings.ts";
import { SideSession } from "../db/side-session.ts";
import { describeTarget, type Target } from "../db/target.ts";
import { type BlockerWatch, watchBlockers } from "../migrations/blockers.ts";
import type { StepOptions } from "../migrations/execute-steps.ts";
import { fillPhoneMap } from "../migrations/fill-phone-map.ts";
import type { Folders } from "../migrations/load-migrations.ts";
import { releaseRunLock, takeRunLock } from "../migrations/run-lock.ts";
import type { StepObserver } from "../migrations/step-observer.ts";
import { SsotError } from "../model/errors.ts";
import type { Direction } from "../model/migration.ts";
import { type PaceOptions, RunPace } from "./pace/run-pace.ts";
import type { Progress } from "./progress.ts";

export interface RunOptions {
  readonly target: Target;
  /** Where the migration files lie. */
  readonly directory: Folders;
  /** Where the engine lies; undefined: in the package. */
  readonly engineDirectory?: string | undefined;
  /** How long to wait for another run, in seconds. */
  readonly waitSeconds: number;
  readonly lockTimeoutMs: number;
  readonly lockTries: number;
  /** Rows a batch; undefined: steered by the time a batch takes. */
  readonly batchSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly progress: Progress;
  /** How fast, and what it waits for; undefined: nobody looks, batches take 150 ms. */
  readonly pace?: PaceOptions | undefined;
  /** Measures the steps. */
  readonly observer?: StepObserver | undefined;
}

/** Of what works in schema ssot alone. */
export interface UpkeepOptions extends RunOptions {
  /** Roles whose schema ssot is believed. */
  readonly trustRoles?: readonly string[] | undefined;
}

// "skipping vacuum of …, lock not available": another vacuum is there already.
const vacuumSkipped = "55P03";

/** A session that holds the run lock. */
export interface Run {
  readonly connection: Connection;
  readonly blockers: BlockerWatch;
  /** That of the options, or what outlasts an autovacuum. */
  readonly lockTimeoutMs: number;
  /** Looks after it; undefined: nobody does. */
  readonly pace: RunPace | undefined;
  stepOptions(migration: string, direction: Direction): StepOptions;
}

/**
 * Opens the session of a run, lets `prepare` refuse it, takes the run lock, works, and gives lock and session back,
 * whatever happens. An abort cancels the running statement.
 */
export async function withRun<T>(
  options: RunOptions,
  prepare: (connection: Connection) => Promise<void>,
  work: (run: Run) => Promise<T>,
): Promise<T> {
  const { target, progress, signal } = options;
  const connection = await connect(target, {
    onNotice: ({ code, severity, message }) => {
      const told = code === "01S01" ? /^(.+): (\d+) of (\d+)$/.exec(message) : null;
      if (told?.[1] !== undefined) progress.onRows?.(told[1], Number(told[2]), Number(told[3]));
      else if (severity === "WARNING" && code !== vacuumSkipped) progress.onWarning?.(message);
    },
    ...(progress.onSql === undefined ? {} : { onSql: progress.onSql }),
  });
  let side: SideSession | undefined;
  let blockers: BlockerWatch | undefined;
  let pace: RunPace | undefined;
  let insisting: NodeJS.Timeout | undefined;
  const cancel = (): void => {
    blockers?.cancel();
    // A cancel that arrives between two statements is lost.
    insisting = setInterval(() => blockers?.cancel(), 100);
  };
  signal?.addEventListener("abort", cancel);
  try {
    progress.onTarget?.(describeTarget(target), connection.serverVersion);
    await prepare(connection);
    await takeRunLock(connection, { waitSeconds: options.waitSeconds, signal, onWait: progress.onWait });
    // Several looks while a lock_timeout runs, but at least four a second.
    side = await SideSession.open(target);
    blockers = watchBlockers(side, connection.pid, Math.max(20, Math.min(250, options.lockTimeoutMs / 4)));
    await connection.execute(runSettings(options.batchSize));
    await eraseDue(connection, progress);
    const lockTimeoutMs = outlast(options.lockTimeoutMs, await readDeadlockTimeout(connection.sql));
    if (options.pace !== undefined) pace = await RunPace.begin(options.pace, { ...options, side, connection });
    const stepOptions = stepOptionsOf({ ...options, lockTimeoutMs }, { connection, blockers, pace });
    const result = await work({ connection, blockers, lockTimeoutMs, pace, stepOptions });
    await eraseDue(connection, progress);
    await releaseRunLock(connection);
    return result;
  } catch (error) {
    throw endOfRun(error, signal?.aborted ?? false);
  } finally {
    signal?.removeEventListener("abort", cancel);
    clearInterval(insisting);
    await pace?.close();
    blockers?.stop();
    await side?.close();
    await connection.close();
  }
}

// What live deletes could not remove while a batch held it.
async function eraseDue({ sql }: Connection, progress: Progress): Promise<void> {
  const left = await eraseDueRows(sql);
  if (left > 0)
    progress.onWarning?.(`what is kept of deleted rows is in use; removed by the next run: ${left} deletes`);
}

// Outside the steps, which explain their own errors: an interruption, and a session that is gone.
function endOfRun(error: unknown, aborted: boolean): unknown {
  const hint = "What is done is recorded: ssot status shows it, the same command goes on.";
  if (error instanceof SsotError) return error;
  if (aborted) return new SsotError("INTERRUPTED", "interrupted between two steps", { cause: error, hint });
  if (isConnectionLoss(error)) {
    return new SsotError("UNREACHABLE", "the connection to the database was lost", { cause: error, hint });
  }
  return error;
}

// PostgreSQL makes an autovacuum give way to whoever has waited for deadlock_timeout, and looks at lock_timeout first. Both
// are a second by default: such a wait would end just before, every time, for as long as the autovacuum takes.
function outlast(lockTimeoutMs: number, deadlockTimeoutMs: number): number {
  const enough = deadlockTimeoutMs + 100;
  return lockTimeoutMs >= deadlockTimeoutMs && lockTimeoutMs < enough ? enough : lockTimeoutMs;
}

function runSettings(batchSize: number | undefined): string {
  return [
    setStatements(bulkSettings),
    "set ssot.progress_interval = '100 ms'",
    `set ssot.batch_size = '${batchSize ?? 0}'`,
  ].join("; ");
}

function stepOptionsOf(
  options: RunOptions,
  { connection, blockers, pace }: Pick<Run, "connection" | "blockers" | "pace">,
): Run["stepOptions"] {
  const { progress } = options;
  return (migration, direction) => ({
    direction,
    lockTimeoutMs: options.lockTimeoutMs,
    lockTries: options.lockTries,
    blockers,
    signal: options.signal,
    observer: options.observer,
    pacing: pace,
    clientActions: { phone_map: () => fillPhoneMap(connection) },
    onStep: (step) => progress.onStep?.(migration, step.name),
    onBlocked: (step, who) => progress.onBlocked?.(step.name, who),
    onRetry: (step, attempt, who) => progress.onRetry?.(step.name, attempt, who),
  });
}
