import type { Connection } from "../db/connection.ts";
import { refuseUnfit } from "../db/preflight.ts";
import { listArchivedTables } from "../db/queries/archived-tables.ts";
import { readTally } from "../db/queries/effects.ts";
import type { ChangedRows } from "../db/queries/foreign-triggers.ts";
import { missionTables } from "../db/queries/touched-tables.ts";
import { applyInOrder, describing } from "../migrations/apply-in-order.ts";
import { applyMigration } from "../migrations/apply-migration.ts";
import { bindMigration, defaultValues } from "../migrations/bind-migration.ts";
import { type Engine, loadEngine } from "../migrations/engine-files.ts";
import { readHistory, refuseChangedFiles, statesOf } from "../migrations/history.ts";
import { loadMigrations } from "../migrations/load-migrations.ts";
import { hasMission } from "../migrations/packs.ts";
import { beginRun, forgetUnstarted } from "../migrations/record-run.ts";
import { refuseUnfitEngine } from "../migrations/refuse-upgrade.ts";
import { changesCallsOnly, type EffectName, type Migration } from "../model/migration.ts";
import { type Run, type RunOptions, withRun } from "./open-run.ts";
import { type CodeOptions, refuseOthersCode } from "./others-code.ts";
import { readyEngine, withdrawEngine } from "./ready-engine.ts";
import { refuseFinalized } from "./refuse-finalized.ts";
import { refuseOrphans } from "./refuse-orphans.ts";
import { type RollbackReach, selectRollback } from "./select-rollback.ts";

export interface RollbackOptions extends RunOptions, RollbackReach, Pick<CodeOptions, "trustRoles"> {
  /** Triggers of others that are not BEFORE ROW: refused, unless they may fire. */
  readonly userTriggers?: "refuse" | "fire" | undefined;
  /** Although `finalize` removed the data that would be put back. */
  readonly schemaOnly?: boolean;
}

export interface RolledBackMigration {
  readonly name: string;
  readonly durationMs: number;
  /** Rows put back, by effect. */
  readonly restored: Readonly<Record<string, number>>;
  /** Rows that somebody changed since; their originals are in ssot.unrestored. */
  readonly kept: Readonly<Record<string, number>>;
  /** Rows that were changed and of which nothing is kept any more: erased with what was deleted since. Absent: none. */
  readonly gone?: Readonly<Record<string, number>>;
}

export interface RollbackReport {
  readonly command: "rollback";
  readonly dryRun: boolean;
  readonly rolledBack: readonly RolledBackMigration[];
  /** In a dry run: what would be taken back, in this order. */
  readonly pending?: readonly { readonly name: string; readonly steps: readonly string[] }[];
}

/** Takes migrations back, the last one first, with the data they changed. Throws a SsotError that says what state it left. */
export async function rollback(options: RollbackOptions): Promise<RollbackReport> {
  const migrations = await loadMigrations(options.directory);
  const engine = await loadEngine(options.engineDirectory);
  return withRun(
    options,
    async (connection) => {
      await refuseUnfitEngine(connection, engine, options.trustRoles);
      const { trustRoles } = options;
      await refuseUnfit(connection, options.target, { mission: hasMission(migrations), dropped: true, trustRoles });
    },
    (run) => rollbackLocked(run, migrations, engine, options),
  );
}

async function rollbackLocked(
  run: Run,
  migrations: readonly Migration[],
  engine: Engine,
  options: RollbackOptions,
): Promise<RollbackReport> {
  const { connection } = run;
  await refuseUnfitEngine(connection, engine, options.trustRoles);
  const states = statesOf(migrations, await readHistory(connection));
  refuseChangedFiles(states);
  const selected = await selectRollback(connection, migrations, states, options);
  const { trustRoles, userTriggers = "refuse" } = options;
  await refuseOthersCode(connection, { trustRoles, userTriggers, ...(await changedRows(connection, selected)) });
  await refuseFinalized(connection, selected, states, { schemaOnly: options.schemaOnly ?? false });
  await refuseOrphans(connection, selected);
  const names = selected.map(({ name }) => name);
  if (selected.length > 0) {
    const ready = readyEngine(run, engine, migrations, options);
    await describing({ applied: [], failed: null, notRun: names }, ready);
  }
  const rolledBack = await applyInOrder(selected, (migration) => takeBack(run, migration, engine, options));
  const gone = new Set(rolledBack.map(({ name }) => name));
  if (states.every(({ name, state }) => state === "pending" || gone.has(name))) {
    await describing({ applied: names, failed: null, notRun: [] }, withdrawEngine(run, engine, options));
  }
  return { command: "rollback", dryRun: false, rolledBack };
}

/** Whose rows are put back. */
async function changedRows({ sql }: Connection, selected: readonly Migration[]): Promise<ChangedRows> {
  const mission = selected.filter((migration) => hasMission([migration]));
  const own = await listArchivedTables(
    sql,
    selected.filter((migration) => !mission.includes(migration)).map(({ name }) => name),
  );
  return {
    tables: [...(mission.length > 0 ? missionTables : []), ...own],
    onlyCalls: mission.every(changesCallsOnly),
  };
}

async function takeBack(
  { connection, stepOptions }: Run,
  migration: Migration,
  engine: Engine,
  { progress }: RollbackOptions,
): Promise<RolledBackMigration> {
  const { name } = migration;
  progress.onMigration?.(name);
  const began = performance.now();
  const unstarted = await forgetUnstarted(connection, migration);
  if (!unstarted) {
    await beginRun(connection, migration, "rollback", engine);
    await applyMigration(connection, bindMigration(migration, defaultValues), stepOptions(name, "rollback"));
  }
  const durationMs = Math.round(performance.now() - began);
  return { name, durationMs, ...(unstarted ? { restored: {}, kept: {} } : await readCounts(connection, name)) };
}

// Effects whose rows come back one by one.
const restorable: readonly EffectName[] = [
  "callsLinked",
  "contactsMerged",
  "contactsQuarantined",
  "phonesNormalised",
  "namesReplaced",
];

async function readCounts(
  { sql }: Connection,
  migration: string,
): Promise<Pick<RolledBackMigration, "restored" | "kept" | "gone">> {
  const changed = await readTally(sql, migration, "migrate");
  const restored = await readTally(sql, migration, "restored");
  const kept = await readTally(sql, migration, "kept");
  const gone = restorable.flatMap((effect): readonly (readonly [string, number])[] => {
    const n = (changed[effect] ?? 0) - (restored[effect] ?? 0) - (kept[effect] ?? 0);
    return n > 0 ? [[effect, n]] : [];
  });
  return { restored, kept, ...(gone.length === 0 ? {} : { gone: Object.fromEntries(gone) }) };
}
