import type { Connection } from "../db/connection.ts";
import { refuseClosedDoors, refuseUnfit } from "../db/preflight.ts";
import { countUnrestored } from "../db/queries/undo/unrestored.ts";
import type { Target } from "../db/target.ts";
import { readHistory, refuseChangedFiles, statesOf } from "../migrations/history.ts";
import { hasMission } from "../migrations/packs.ts";
import { refuseUnfitEngine } from "../migrations/refuse-upgrade.ts";
import type { Migration } from "../model/migration.ts";
import { countRollback } from "./count-rollback.ts";
import { lookOnly } from "./look-only.ts";
import { refuseFinalized } from "./refuse-finalized.ts";
import { refuseOrphans } from "./refuse-orphans.ts";
import type { RollbackReport } from "./rollback.ts";
import { originalsOf } from "./rollback-counts.ts";
import { isComplete, type RollbackReach, selectRollback } from "./select-rollback.ts";
import { loadStory, type Story, type StoryOptions } from "./story.ts";

export interface PlanRollbackOptions extends RollbackReach, StoryOptions {
  readonly target: Target;
  readonly schemaOnly?: boolean;
  /** Roles whose schema ssot is believed. */
  readonly trustRoles?: readonly string[] | undefined;
}

/**
 * What `rollback` would take back, step by step and in rows, in its order, from one read-only snapshot. Changes nothing; refuses
 * what `rollback` would refuse, save a pooler and a standby, which are good enough to look.
 */
export async function planRollback(options: PlanRollbackOptions): Promise<RollbackReport> {
  const story = await loadStory(options);
  return lookOnly({ target: options.target }, async (connection) => {
    const { report } = await readRollback(connection, story, options);
    return report;
  });
}

/** The same in a snapshot that is there, with the migrations that it is about, in their order. */
export async function readRollback(
  connection: Connection,
  { migrations, engine }: Story,
  options: PlanRollbackOptions,
): Promise<{ readonly report: RollbackReport; readonly selected: readonly Migration[] }> {
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
  const report: RollbackReport = {
    command: "rollback",
    dryRun: true,
    rolledBack: [],
    pending,
    ...(selected.length === 0 ? {} : { stays }),
  };
  return { report, selected };
}
