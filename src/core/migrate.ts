import type { Connection } from "../db/connection.ts";
import { refuseUnfit } from "../db/preflight.ts";
import { readTally } from "../db/queries/effects.ts";
import { readGate } from "../db/queries/gate.ts";
import { applyMigration } from "../migrations/apply-migration.ts";
import { catchUp } from "../migrations/catch-up.ts";
import { readHistory, refuseChangedFiles, statesOf } from "../migrations/history.ts";
import { loadMigrations } from "../migrations/load-migrations.ts";
import { beginRun, effectsOf, ensureBookkeeping, isStepDone } from "../migrations/record-run.ts";
import { selectMigrations } from "../migrations/select-migrations.ts";
import { SsotError } from "../model/errors.ts";
import type { Effects, Migration } from "../model/migration.ts";
import { checkPostconditions } from "./check-postconditions.ts";
import { heldReasons } from "./held-reasons.ts";
import { type DataOptions, refuseLoudTriggers, refuseUnfitData } from "./inspect-data.ts";
import { type Run, type RunOptions, withRun } from "./open-run.ts";

export interface MigrateOptions extends RunOptions, DataOptions {
  /** Up to this migration, which is applied as well: a name, or its digits. */
  readonly to?: string | undefined;
  /** Also the drop, if its gate is open. */
  readonly phase3: boolean;
  /** Optional migrations to apply as well, by the names that they are asked for by. */
  readonly optional?: readonly string[] | undefined;
  /** Why time, writers and the triggers' history shall not count; kept in the ledger. */
  readonly force?: { readonly reason: string } | undefined;
  readonly verify: boolean;
}

export interface AppliedMigration {
  readonly name: string;
  readonly phase: 1 | 3;
  readonly durationMs: number;
  readonly effects: Effects;
}

export interface HeldMigration {
  readonly name: string;
  readonly reasons: readonly string[];
}

export interface MigrateReport {
  readonly command: "migrate";
  readonly dryRun: false;
  readonly applied: readonly AppliedMigration[];
  readonly held: readonly HeldMigration[];
  readonly pending: readonly never[];
  /** Calls linked although nothing was pending: those that arrived since. */
  readonly caughtUp?: number;
}

/**
 * Applies pending migrations in order. Throws a SsotError; a failure in a migration says what state it left, and a
 * closed gate (GATE) leaves everything as it was.
 */
export async function migrate(options: MigrateOptions): Promise<MigrateReport> {
  const migrations = await loadMigrations(options.directory);
  return withRun(
    options,
    async (connection) => {
      const dropped = statesOf(migrations, await readHistory(connection)).some(
        ({ phase, state }) => phase === 3 && state !== "pending",
      );
      await refuseUnfit(connection, options.target, { dropped });
    },
    (run) => migrateLocked(run, migrations, options),
  );
}

async function migrateLocked(
  run: Run,
  migrations: readonly Migration[],
  options: MigrateOptions,
): Promise<MigrateReport> {
  const { connection } = run;
  const states = statesOf(migrations, await readHistory(connection));
  refuseChangedFiles(states);
  const { pending, held } = selectMigrations(migrations, states, options);
  const drop = pending.find(({ phase }) => phase === 3);
  // Once the columns are gone, what is left of an interrupted drop only tidies up.
  if (drop !== undefined && !(await isStepDone(connection, drop.name, "swap")))
    await refuseClosedGate(connection, options);
  // An optional migration changes no rows.
  if (pending.some(({ optional }) => optional === undefined)) {
    const triggers = await refuseUnfitData(connection, options);
    for (const { table, name, when } of triggers) {
      options.progress.onWarning?.(
        `trigger ${table}.${name} (${when}) fires on rows that are changed; a rollback does not restore what it writes`,
      );
    }
  }
  await connection.execute(`set ssot.on_unfixable_phone = '${options.onUnfixablePhone}'`);
  await connection.execute(`set ssot.force_drop = '${options.force === undefined ? "no" : "yes"}'`);
  if (pending.length > 0) await ensureBookkeeping(connection, migrations);
  const applied: AppliedMigration[] = [];
  for (const migration of pending) {
    options.progress.onMigration?.(migration.name);
    const began = performance.now();
    await beginRun(connection, migration, "migrate", migration.phase === 3 ? options.force?.reason : undefined);
    await applyMigration(connection, migration, run.stepOptions(migration.name, "migrate"));
    applied.push({
      name: migration.name,
      phase: migration.phase,
      durationMs: Math.round(performance.now() - began),
      effects: await readEffects(connection, migration),
    });
  }
  const done = states.filter(({ state }) => state === "applied").map(({ name }) => name);
  if (options.verify) await checkPostconditions(connection, [...done, ...applied.map(({ name }) => name)]);
  const caughtUp = pending.length === 0 && done.length > 0 ? await linkLateCalls(run, migrations, options) : undefined;
  return {
    command: "migrate",
    dryRun: false,
    applied,
    held: await Promise.all(held.map(async ({ name }) => ({ name, reasons: await heldReasons(connection) }))),
    pending: [],
    ...(caughtUp === undefined ? {} : { caughtUp }),
  };
}

async function linkLateCalls(
  { connection, stepOptions }: Run,
  migrations: readonly Migration[],
  { userTriggers }: MigrateOptions,
): Promise<number> {
  await refuseLoudTriggers(connection, userTriggers);
  return catchUp(connection, migrations, stepOptions);
}

async function refuseClosedGate({ sql }: Connection, { force }: MigrateOptions): Promise<void> {
  const reasons = (await readGate(sql, { forSession: true })).filter(
    ({ canForce }) => force === undefined || !canForce,
  );
  if (reasons.length === 0) return;
  const list = reasons.map(({ message }) => `  - ${message}`).join("\n");
  throw new SsotError("GATE", `the deprecated columns may not be dropped:\n${list}`, {
    hint: reasons.every(({ canForce }) => canForce)
      ? 'Nothing was changed. To drop all the same: --force --reason "…"'
      : "Nothing was changed. What depends on the columns must go first; --force does not override that.",
  });
}

async function readEffects({ sql }: Connection, migration: Migration): Promise<Effects> {
  const tally = await readTally(sql, "migrate");
  return Object.fromEntries(effectsOf(migration).map((effect) => [effect, tally[effect] ?? 0]));
}
