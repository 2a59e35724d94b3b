import { applySettings, connect } from "../db/connection.ts";
import { refuseClosedDoors, refuseUnfit } from "../db/preflight.ts";
import { countUnrestored } from "../db/queries/undo/unrestored.ts";
import type { Target } from "../db/target.ts";
import { loadEngine } from "../migrations/engine-files.ts";
import { readHistory, refuseChangedFiles, statesOf } from "../migrations/history.ts";
import { type Folders, loadMigrations } from "../migrations/load-migrations.ts";
import { hasMission } from "../migrations/packs.ts";
import { refuseUnfitEngine } from "../migrations/refuse-upgrade.ts";
import { countRollback } from "./count-rollback.ts";
import { refuseFinalized } from "./refuse-finalized.ts";
import { refuseOrphans } from "./refuse-orphans.ts";
import type { RollbackReport } from "./rollback.ts";
import { originalsOf } from "./rollback-counts.ts";
import { isComplete, type RollbackReach, selectRollback } from "./select-rollback.ts";

export interface PlanRollbackOptions extends RollbackReach {
  readonly target: Target;
  readonly directory: Folders;
  /** Where the engine lies; undefined: in the package. */
  readonly engineDirectory?: string | undefined;
  readonly schemaOnly?: boolean;
  /** Roles whose schema ssot is believed. */
  readonly trustRoles?: readonly string[] | undefined;
}

/**
 * What `rollback` would take back, step by step and in rows, in its order, from one read-only snapshot. Changes nothing; refuses
 * what `rollback` would refuse, save a pooler and a standby, which are good enough to look.
 */
export async function planRollback(options: PlanRollbackOptions): Promise<RollbackReport> {
  const migrations = await loadMigrations(options.directory);
  const engine = await loadEngine(options.engineDirectory);
  const connection = await connect(options.target);
  try {
    await connection.execute("begin transaction isolation level repeatable read, read only");
    // One transaction is one session through any pooler.
    if (connection.pooled) await applySettings(connection, { forTransaction: true });
    const { trustRoles } = options;
    await refuseUnfitEngine(connection, engine, trustRoles);
    const mission = hasMission(migrations);
    await refuseUnfit(connection, options.target, { mission, dropped: true, onlyReads: true, trustRoles });
    await refuseClosedDoors(connection);
    const states = statesOf(migrations, await readHistory(connection));
    refuseChangedFiles(states);
    const selected = await selectRollback(connection, migrations, states, options);
    await refuseFinalized(connection, selected, states, { schemaOnly: options.schemaOnly ?? false });
    await refuseOrphans(connection, selected);
    const complete = isComplete(states, selected);
    const counts = await countRollback(connection, selected, { complete });
    const pending = counts.map((counted, place) => ({
      ...counted,
      steps: (selected[place]?.down ?? []).map((step) => step.name),
    }));
    const originals =
      (await countUnrestored(connection.sql)) + counts.reduce((sum, { kept }) => sum + originalsOf(kept), 0);
    const stays = { schema: !complete || originals > 0, originals };
    return { command: "rollback", dryRun: true, rolledBack: [], pending, ...(selected.length === 0 ? {} : { stays }) };
  } finally {
    await connection.execute("rollback").catch(() => []);
    await connection.close();
  }
}
