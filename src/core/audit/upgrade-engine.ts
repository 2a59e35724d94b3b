import type { Engine } from "../../migrations/engine-files.ts";
import { loadMigrations } from "../../migrations/load-migrations.ts";
import { refuseUnfitEngine } from "../../migrations/refuse-upgrade.ts";
import { type UpkeepOptions, withRun } from "../open-run.ts";
import { readyEngine } from "../ready-engine.ts";

/** Upgrades an older engine under the run lock, for a command that else needs none. */
export async function upgradeEngine(options: UpkeepOptions, engine: Engine): Promise<void> {
  const migrations = await loadMigrations(options.directory);
  // The target was told.
  const { onTarget, ...progress } = options.progress;
  await withRun(
    { ...options, progress },
    async () => {},
    async (run) => {
      await refuseUnfitEngine(run.connection, engine, options.trustRoles);
      await readyEngine(run, engine, migrations, options);
    },
  );
}
