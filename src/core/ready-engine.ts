import type { Engine } from "../migrations/engine-files.ts";
import { ensureEngine } from "../migrations/install-engine.ts";
import type { Migration } from "../model/migration.ts";
import type { Run, RunOptions } from "./open-run.ts";

/** Gives the database of a run the engine that this package brings, waiting for its locks as the run's steps do. */
export function readyEngine(
  { connection, blockers, lockTimeoutMs }: Run,
  engine: Engine,
  migrations: readonly Migration[],
  { lockTries, signal, progress }: Pick<RunOptions, "lockTries" | "signal" | "progress">,
): Promise<void> {
  return ensureEngine(connection, engine, migrations, {
    lockTimeoutMs,
    lockTries,
    blockers,
    signal,
    onBlocked: (who) => progress.onBlocked?.("engine", who),
    onRetry: (attempt, who) => progress.onRetry?.("engine", attempt, who),
  });
}
