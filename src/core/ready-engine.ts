import type { Engine } from "../migrations/engine-files.ts";
import { ensureEngine, type InstallOptions, removeEngine } from "../migrations/install-engine.ts";
import type { Migration } from "../model/migration.ts";
import type { Run, RunOptions } from "./open-run.ts";

type Options = Pick<RunOptions, "lockTries" | "signal" | "progress">;

/** Gives the database of a run the engine that this package brings, waiting for its locks as the run's steps do. */
export async function readyEngine(
  run: Run,
  engine: Engine,
  migrations: readonly Migration[],
  options: Options,
): Promise<void> {
  await run.pace?.turn();
  await ensureEngine(run.connection, engine, migrations, installOptions(run, options));
  await run.pace?.steer();
}

/** Takes the engine out of the database of a run, in the same way. */
export async function withdrawEngine(run: Run, engine: Engine, options: Options): Promise<void> {
  await run.pace?.letGo();
  await removeEngine(run.connection, engine, installOptions(run, options));
}

function installOptions({ blockers, lockTimeoutMs }: Run, { lockTries, signal, progress }: Options): InstallOptions {
  return {
    lockTimeoutMs,
    lockTries,
    blockers,
    signal,
    onBlocked: (who) => progress.onBlocked?.("engine", who),
    onRetry: (attempt, who) => progress.onRetry?.("engine", attempt, who),
  };
}
