import type { Connection } from "../db/connection.ts";
import { refuseUnfit } from "../db/preflight.ts";
import { readTally } from "../db/queries/effects.ts";
import { applyMigration } from "../migrations/apply-migration.ts";
import { type MigrationState, readHistory, refuseChangedFiles, statesOf } from "../migrations/history.ts";
import { loadMigrations } from "../migrations/load-migrations.ts";
import { beginRun, forgetUnstarted, removeBookkeeping } from "../migrations/record-run.ts";
import { indexOfMigration } from "../migrations/select-migrations.ts";
import type { Migration } from "../model/migration.ts";
import { refuseLoudTriggers } from "./inspect-data.ts";
import { type Run, type RunOptions, withRun } from "./open-run.ts";
import { refuseFinalized } from "./refuse-finalized.ts";

export interface RollbackOptions extends RunOptions {
  /** Down to this migration, which stays: a name, or its digits. Undefined: the last applied one only. */
  readonly to?: string | undefined;
  readonly all: boolean;
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
}

export interface RollbackReport {
  readonly command: "rollback";
  readonly dryRun: boolean;
  readonly rolledBack: readonly RolledBackMigration[];
  /** In a dry run: what would be taken back, in this order. */
  readonly pending?: readonly { readonly name: string; readonly steps: readonly string[] }[];
}

/** Takes migrations back, the newest first, with the data they changed. Throws a SsotError that says what state it left. */
export async function rollback(options: RollbackOptions): Promise<RollbackReport> {
  const migrations = await loadMigrations(options.directory);
  return withRun(
    options,
    (connection) => refuseUnfit(connection, options.target, { dropped: true }),
    (run) => rollbackLocked(run, migrations, options),
  );
}

async function rollbackLocked(
  run: Run,
  migrations: readonly Migration[],
  options: RollbackOptions,
): Promise<RollbackReport> {
  const { connection } = run;
  const states = statesOf(migrations, await readHistory(connection));
  refuseChangedFiles(states);
  await refuseLoudTriggers(connection, options.userTriggers ?? "refuse");
  const rolledBack: RolledBackMigration[] = [];
  const selected = selectForRollback(migrations, states, options);
  await refuseFinalized(connection, selected, states, { schemaOnly: options.schemaOnly ?? false });
  for (const migration of selected) {
    options.progress.onMigration?.(migration.name);
    const began = performance.now();
    const unstarted = await forgetUnstarted(connection, migration);
    if (!unstarted) {
      await beginRun(connection, migration, "rollback");
      await applyMigration(connection, migration, run.stepOptions(migration.name, "rollback"));
    }
    rolledBack.push({
      name: migration.name,
      durationMs: Math.round(performance.now() - began),
      ...(unstarted ? { restored: {}, kept: {} } : await readCounts(connection)),
    });
  }
  const gone = new Set(rolledBack.map(({ name }) => name));
  if (states.every(({ name, state }) => state === "pending" || gone.has(name))) {
    await removeBookkeeping(connection, migrations);
  }
  return { command: "rollback", dryRun: false, rolledBack };
}

/**
 * What a rollback takes back, the newest first: by name, but an optional migration as late as it was applied. Pure. Throws
 * USAGE for an unknown `to`.
 */
export function selectForRollback(
  migrations: readonly Migration[],
  states: readonly MigrationState[],
  options: { readonly to?: string | undefined; readonly all: boolean },
): readonly Migration[] {
  const newestFirst = orderNewestFirst(migrations, states);
  if (options.all) return newestFirst;
  if (options.to === undefined) return newestFirst.slice(0, 1);
  const stays = indexOfMigration(migrations, options.to);
  const place = newestFirst.findIndex(({ name }) => name === migrations[stays]?.name);
  if (place >= 0) return newestFirst.slice(0, place);
  return newestFirst.filter((migration) => migrations.indexOf(migration) > stays);
}

// An optional one stands on those of smaller names, and on no other: it goes before them, at the latest.
function orderNewestFirst(migrations: readonly Migration[], states: readonly MigrationState[]): readonly Migration[] {
  const begun = new Map(
    states
      .filter(({ state }) => state === "applied" || state === "partial")
      .map(({ name, appliedAt }) => [name, appliedAt?.getTime() ?? Number.POSITIVE_INFINITY]),
  );
  const momentOf = ({ name }: Migration): number => begun.get(name) ?? 0;
  const all = migrations.filter(({ name }) => begun.has(name)).toReversed();
  const order = all.filter(({ optional }) => optional === undefined);
  for (const late of all.filter(({ optional }) => optional !== undefined)) {
    const before = order.findIndex((other) => other.name < late.name || momentOf(other) < momentOf(late));
    order.splice(before < 0 ? order.length : before, 0, late);
  }
  return order;
}

async function readCounts({ sql }: Connection): Promise<Pick<RolledBackMigration, "restored" | "kept">> {
  return { restored: await readTally(sql, "restored"), kept: await readTally(sql, "kept") };
}
