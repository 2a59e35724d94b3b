import type { Connection } from "../db/connection.ts";
import { refuseUnfit } from "../db/preflight.ts";
import { listArchivedTables } from "../db/queries/archived-tables.ts";
import { readTally } from "../db/queries/effects.ts";
import type { ChangedRows } from "../db/queries/foreign-triggers.ts";
import { noteRunPlan } from "../db/queries/plan-state.ts";
import { missionTables } from "../db/queries/touched-tables.ts";
import { applyInOrder, describing } from "../migrations/apply-in-order.ts";
import { applyMigration } from "../migrations/apply-migration.ts";
import { bindMigration, defaultValues } from "../migrations/bind-migration.ts";
import { type Engine, loadEngine } from "../migrations/engine-files.ts";
import { type MigrationState, readHistory, refuseChangedFiles, statesOf } from "../migrations/history.ts";
import { loadMigrations } from "../migrations/load-migrations.ts";
import { hasMission } from "../migrations/packs.ts";
import { beginRun, forgetUnstarted } from "../migrations/record-run.ts";
import { refuseUnfitEngine } from "../migrations/refuse-upgrade.ts";
import { changesCallsOnly, type Migration } from "../model/migration.ts";
import { countRollback } from "./count-rollback.ts";
import { type Run, type RunOptions, withRun } from "./open-run.ts";
import { type CodeOptions, refuseOthersCode } from "./others-code.ts";
import type { PaceReport } from "./pace/pace-log.ts";
import type { RollbackPlan } from "./plan-document/document.ts";
import { type Approval, holdToRollbackPlan } from "./plan-document/follow.ts";
import { rollbackOptionsOf } from "./plan-document/options-of.ts";
import { rollbackWorkOf } from "./plan-document/work-of.ts";
import { readyEngine, withdrawEngine } from "./ready-engine.ts";
import { refuseFinalized } from "./refuse-finalized.ts";
import { refuseOrphans } from "./refuse-orphans.ts";
import { type Counts, type RollbackCounts, withoutZeros } from "./rollback-counts.ts";
import { isComplete, type RollbackReach, selectRollback } from "./select-rollback.ts";
import type { Story } from "./story.ts";

export interface RollbackOptions extends RunOptions, RollbackReach, Pick<CodeOptions, "trustRoles"> {
  /** Triggers of others that are not BEFORE ROW: refused, unless they may fire. */
  readonly userTriggers?: "refuse" | "fire" | undefined;
  /** Although `finalize` removed the data that would be put back. */
  readonly schemaOnly?: boolean;
  /** Only what this plan says, with its options instead of these; else PLAN_DIFFERS, and nothing is changed. */
  readonly plan?: Approval<RollbackPlan> | undefined;
}

/** What became of rows, as it was counted while they were taken back; what could not be put back and what went, as it was right before. */
export interface RolledBackMigration extends Omit<RollbackCounts, "columns"> {
  readonly durationMs: number;
  /** Of `unrestorable` what was journaled row by row. Absent: none. */
  readonly gone?: Counts;
}

/** What a rollback would take back, and what that means for rows. */
export interface PlannedRollback extends RollbackCounts {
  readonly steps: readonly string[];
}

export interface RollbackReport {
  readonly command: "rollback";
  readonly dryRun: boolean;
  readonly rolledBack: readonly RolledBackMigration[];
  /** In a dry run: what would be taken back, in this order. */
  readonly pending?: readonly PlannedRollback[];
  /** In a dry run: whether schema ssot would stay, and how many originals would lie in ssot.unrestored then. Absent: nothing to take back. */
  readonly stays?: { readonly schema: boolean; readonly originals: number };
  /** The plan that was followed, by its hash; `done`: nothing of it is left to take back. */
  readonly plan?: { readonly hash: string; readonly done: boolean };
  /** How fast it went, and why; absent where nobody looked. */
  readonly pace?: PaceReport;
}

/** Takes migrations back, the last one first, with the data they changed. Throws a SsotError that says what state it left. */
export async function rollback(told: RollbackOptions): Promise<RollbackReport> {
  const options = told.plan === undefined ? told : { ...told, ...rollbackOptionsOf(told.plan.document) };
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
  const { trustRoles, userTriggers = "refuse", plan } = options;
  const left =
    plan === undefined ? undefined : await holdToRollback(run, { migrations, engine }, states, plan, options);
  const isDone = plan !== undefined && left === undefined;
  const chosen = isDone ? [] : await selectRollback(connection, migrations, states, options);
  const selected = chosen.filter(({ name }) => left?.includes(name) ?? true);
  await refuseOthersCode(connection, { trustRoles, userTriggers, ...(await changedRows(connection, selected)) });
  await refuseFinalized(connection, selected, states, { schemaOnly: options.schemaOnly ?? false });
  await refuseOrphans(connection, selected);
  const names = selected.map(({ name }) => name);
  if (selected.length > 0) {
    const ready = readyEngine(run, engine, migrations, options);
    await describing({ applied: [], failed: null, notRun: names }, ready);
    if (plan !== undefined) await noteRunPlan(connection.sql, names, plan.document.hash);
  }
  const complete = isComplete(states, selected);
  const foreseen = selected.length === 0 ? [] : await countBefore(connection, selected, complete);
  const rolledBack = await applyInOrder(selected, (migration) =>
    takeBack(
      run,
      migration,
      engine,
      options,
      foreseen.find(({ name }) => name === migration.name),
    ),
  );
  if (isComplete(states, rolledBack)) {
    await describing({ applied: names, failed: null, notRun: [] }, withdrawEngine(run, engine, options));
  }
  const followed = plan === undefined ? {} : { plan: { hash: plan.document.hash, done: isDone } };
  const pace = run.pace === undefined ? {} : { pace: run.pace.report() };
  return { command: "rollback", dryRun: false, rolledBack, ...followed, ...pace };
}

function holdToRollback(
  { connection }: Run,
  story: Story,
  states: readonly MigrationState[],
  plan: Approval<RollbackPlan>,
  options: RollbackOptions,
): Promise<readonly string[] | undefined> {
  return holdToRollbackPlan(connection, story, states, plan, async () => {
    const selected = await selectRollback(connection, story.migrations, states, options);
    const counts = await countRollback(connection, selected, { complete: isComplete(states, selected) });
    return rollbackWorkOf(selected, counts);
  });
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
  { progress, plan }: RollbackOptions,
  foreseen: RollbackCounts | undefined,
): Promise<RolledBackMigration> {
  const { name } = migration;
  progress.onMigration?.(name);
  const began = performance.now();
  const duration = (): number => Math.round(performance.now() - began);
  if (await forgetUnstarted(connection, migration)) {
    return { name, durationMs: duration(), restored: {}, kept: {}, unrestorable: {}, lost: {} };
  }
  await beginRun(connection, migration, "rollback", engine, { plan: plan?.document.hash });
  const { unrestorable = {}, lost = {} } = foreseen ?? {};
  await applyMigration(connection, bindMigration(migration, defaultValues), stepOptions(name, "rollback"));
  const restored = withoutZeros(await readTally(connection.sql, name, "restored"));
  const kept = withoutZeros(await readTally(connection.sql, name, "kept"));
  const gone = Object.fromEntries(Object.entries(unrestorable).filter(([kind]) => kind !== "valuesArchived"));
  return {
    name,
    durationMs: duration(),
    restored,
    kept,
    unrestorable,
    lost,
    ...(Object.keys(gone).length === 0 ? {} : { gone }),
  };
}

// Afterwards nobody could count what is gone.
function countBefore(
  connection: Connection,
  selected: readonly Migration[],
  complete: boolean,
): Promise<readonly RollbackCounts[]> {
  return connection.inTransaction(async () => {
    await connection.execute("set transaction isolation level repeatable read, read only");
    return countRollback(connection, selected, { complete });
  });
}
