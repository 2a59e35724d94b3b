import type { Connection } from "../db/connection.ts";
import { refuseUnfit } from "../db/preflight.ts";
import { readTally } from "../db/queries/effects.ts";
import { type GateReason, readGate } from "../db/queries/gate.ts";
import { type ReaderAsks, readVerdicts, withoutLook } from "../db/queries/verdicts.ts";
import { applyInOrder, describing } from "../migrations/apply-in-order.ts";
import { applyMigration } from "../migrations/apply-migration.ts";
import { bindMigration, defaultValues } from "../migrations/bind-migration.ts";
import { catchUp, findCatchUp } from "../migrations/catch-up.ts";
import { findDrops } from "../migrations/deprecations.ts";
import { type Engine, loadEngine } from "../migrations/engine-files.ts";
import { readHistory, refuseChangedFiles, statesOf } from "../migrations/history.ts";
import { loadMigrations } from "../migrations/load-migrations.ts";
import { changesMission, hasMission, isMissionDropped } from "../migrations/packs.ts";
import { beginRun, effectsOf, isRoleDone } from "../migrations/record-run.ts";
import { refuseUnfitEngine } from "../migrations/refuse-upgrade.ts";
import { selectMigrations } from "../migrations/select-migrations.ts";
import { listLines, SsotError } from "../model/errors.ts";
import { changesCallsOnly, type Effects, type Migration } from "../model/migration.ts";
import { checkPostconditions } from "./check-postconditions.ts";
import { type DataOptions, refuseUnfitData } from "./inspect-data.ts";
import { type Run, type RunOptions, withRun } from "./open-run.ts";
import { refuseOthersCode } from "./others-code.ts";
import type { PaceReport } from "./pace/pace-log.ts";
import type { MigratePlan } from "./plan-document/document.ts";
import { type Approval, holdToPlan } from "./plan-document/follow.ts";
import { optionsOf } from "./plan-document/options-of.ts";
import { type HeldMigration, readHeld } from "./read-held.ts";
import { readyEngine } from "./ready-engine.ts";

export interface MigrateOptions extends RunOptions, DataOptions {
  /** Up to this migration, which is applied as well: a name, or its digits. */
  readonly to?: string | undefined;
  /** Also the drop, if its gate is open. */
  readonly phase3: boolean;
  /** The only deprecations whose drop is asked for, each by the name or the digits of its mark or its drop; undefined: all. */
  readonly drops?: readonly string[] | undefined;
  /** Optional migrations to apply as well, by the names that they are asked for by. */
  readonly optional?: readonly string[] | undefined;
  /** What is asked of readers before a drop. */
  readonly asks?: ReaderAsks | undefined;
  /** Why time, writers, readers and the triggers' history shall not count; kept in the ledger. */
  readonly force?: { readonly reason: string } | undefined;
  readonly verify: boolean;
  /** Only what this plan says, with its options instead of these; else PLAN_DIFFERS, and nothing is changed. */
  readonly plan?: Approval<MigratePlan> | undefined;
}

export interface AppliedMigration {
  readonly name: string;
  readonly phase: 1 | 3;
  readonly durationMs: number;
  readonly effects: Effects;
}

export interface MigrateReport {
  readonly command: "migrate";
  readonly dryRun: false;
  readonly applied: readonly AppliedMigration[];
  readonly held: readonly HeldMigration[];
  readonly pending: readonly never[];
  /** Calls linked although nothing was pending: those that arrived since. */
  readonly caughtUp?: number;
  /** The same under the name that a dry run has for it. */
  readonly effects?: Effects;
  /** The plan that was followed, by its hash; `done`: all of it was done before. */
  readonly plan?: { readonly hash: string; readonly done: boolean };
  /** How fast it went, and why; absent where nobody looked. */
  readonly pace?: PaceReport;
}

/**
 * Applies pending migrations in order. Throws a SsotError; a failure in a migration says what state it left, and a
 * closed gate (GATE) leaves everything as it was.
 */
export async function migrate(told: MigrateOptions): Promise<MigrateReport> {
  const options = told.plan === undefined ? told : { ...told, ...optionsOf(told.plan.document) };
  const migrations = await loadMigrations(options.directory);
  const engine = await loadEngine(options.engineDirectory);
  findCatchUp(migrations);
  return withRun(
    options,
    async (connection) => {
      await refuseUnfitEngine(connection, engine, options.trustRoles);
      const dropped = isMissionDropped(statesOf(migrations, await readHistory(connection)));
      const mission = hasMission(migrations);
      await refuseUnfit(connection, options.target, { mission, dropped, trustRoles: options.trustRoles });
    },
    (run) => migrateLocked(run, migrations, engine, options),
  );
}

async function migrateLocked(
  run: Run,
  migrations: readonly Migration[],
  engine: Engine,
  options: MigrateOptions,
): Promise<MigrateReport> {
  const { connection } = run;
  await refuseUnfitEngine(connection, engine, options.trustRoles);
  const states = statesOf(migrations, await readHistory(connection));
  refuseChangedFiles(states);
  const { plan } = options;
  const story = { migrations, engine };
  const left = plan === undefined ? undefined : await holdToPlan(connection, story, states, plan, options);
  if (plan !== undefined && left === undefined) return doneBefore(plan);
  const drops = options.drops === undefined ? undefined : findDrops(migrations, options.drops);
  const chosen = selectMigrations(migrations, states, { ...options, drops });
  const pending = chosen.pending.filter(({ name }) => left?.includes(name) ?? true);
  // A gate that opened since the plan was made lets nothing through that was not approved.
  const held = [...chosen.held, ...chosen.pending.filter((migration) => !pending.includes(migration))];
  const done = states.filter(({ state }) => state === "applied").map(({ name }) => name);
  const late = pending.length === 0 && plan?.document.catchUp !== null ? findCatchUp(migrations) : undefined;
  const comesLate = late !== undefined && done.includes(late.name);
  await refuseClosedGates(connection, pending, options);
  await inspect(connection, engine, pending, comesLate, options);
  if (pending.length > 0 || comesLate) {
    const ready = readyEngine(run, engine, migrations, options);
    await describing({ applied: [], failed: null, notRun: pending.map(({ name }) => name) }, ready);
  }
  const applied = await applyInOrder(pending, (migration) => apply(run, migration, engine, options));
  const names = applied.map(({ name }) => name);
  const far = { applied: names, failed: null, notRun: [] };
  if (options.verify) await describing(far, checkPostconditions(connection, [...done, ...names]));
  const caughtUp = comesLate
    ? await describing(far, catchUp(connection, bind(late, options), run.stepOptions))
    : undefined;
  return {
    command: "migrate",
    dryRun: false,
    applied,
    held: await Promise.all(
      held.map(async (drop) => {
        const verdicts = await readVerdicts(connection.sql, drop.drops, options.asks);
        return { name: drop.name, reasons: (await readHeld(connection, drop, verdicts, migrations)).reasons };
      }),
    ),
    pending: [],
    ...(caughtUp === undefined ? {} : { caughtUp, effects: { callsLinked: caughtUp } }),
    ...(plan === undefined ? {} : { plan: { hash: plan.document.hash, done: false } }),
    ...(run.pace === undefined ? {} : { pace: run.pace.report() }),
  };
}

function doneBefore({ document: { hash, held } }: Approval<MigratePlan>): MigrateReport {
  return {
    command: "migrate",
    dryRun: false,
    applied: [],
    held: held.map(({ name, reasons }) => ({ name, reasons })),
    pending: [],
    plan: { hash, done: true },
  };
}

/** Refuses what the data or triggers of others make impossible, before anything is changed. */
async function inspect(
  connection: Connection,
  engine: Engine,
  pending: readonly Migration[],
  comesLate: boolean,
  options: MigrateOptions,
): Promise<void> {
  if (comesLate) await refuseOthersCode(connection, { ...options, onlyCalls: true });
  const changing = pending.filter(changesMission);
  // What a team's own migrations call of others: event triggers.
  if (changing.length === 0 && !hasMission(pending)) await refuseOthersCode(connection, { ...options, tables: [] });
  if (changing.length === 0) return;
  const onlyCalls = changing.every(changesCallsOnly);
  const { triggers, notTried } = await refuseUnfitData(connection, engine, { ...options, onlyCalls });
  for (const what of notTried) options.progress.onWarning?.(`not tried beforehand: ${what}`);
  for (const { table, name, when } of triggers) {
    options.progress.onWarning?.(
      `trigger ${table}.${name} (${when}) fires on rows that are changed; a rollback does not restore what it writes`,
    );
  }
}

async function apply(
  { connection, stepOptions }: Run,
  migration: Migration,
  engine: Engine,
  options: MigrateOptions,
): Promise<AppliedMigration> {
  const { name, phase, drops } = migration;
  options.progress.onMigration?.(name);
  const began = performance.now();
  const reason = phase === 3 ? options.force?.reason : undefined;
  await beginRun(connection, migration, "migrate", engine, { forced: reason, plan: options.plan?.document.hash });
  const asksGate = drops !== undefined && !(await isRoleDone(connection, migration, "point-of-no-return"));
  const verdicts = asksGate
    ? withoutLook(await readVerdicts(connection.sql, drops, options.asks))
    : defaultValues.verdicts;
  await applyMigration(connection, bind(migration, options, verdicts), stepOptions(name, "migrate"));
  const durationMs = Math.round(performance.now() - began);
  return { name, phase, durationMs, effects: await readEffects(connection, migration) };
}

function bind(
  migration: Migration,
  { force, onUnfixablePhone, replaceView = false }: MigrateOptions,
  verdicts: string = defaultValues.verdicts,
): Migration {
  const values = { ...defaultValues, force: force !== undefined, onUnfixablePhone, replaceView, verdicts };
  return bindMigration(migration, values);
}

// Of all drops that are asked for, before any of them begins. Once the columns are gone, what is left of an interrupted one only
// tidies up.
async function refuseClosedGates(
  connection: Connection,
  pending: readonly Migration[],
  { force, asks }: MigrateOptions,
): Promise<void> {
  const { sql } = connection;
  const drops: Migration[] = [];
  for (const drop of pending.filter(({ phase }) => phase === 3)) {
    if (!(await isRoleDone(connection, drop, "point-of-no-return"))) drops.push(drop);
  }
  const reasons: GateReason[] = [];
  for (const { name, drops: mark } of drops) {
    const found = await readGate(sql, mark, await readVerdicts(sql, mark, asks));
    const against = found.filter(({ canForce }) => force === undefined || !canForce);
    // Which of several it holds.
    reasons.push(
      ...against.map((reason) => (drops.length === 1 ? reason : { ...reason, message: `${name}: ${reason.message}` })),
    );
  }
  if (reasons.length === 0) return;
  const list = listLines(reasons.map(({ message }) => message));
  const others = drops.length === 1 ? "" : " To drop what is ready: --only NAME.";
  throw new SsotError("GATE", `the deprecated columns may not be dropped:${list}`, {
    hint: `Nothing was changed.${others} ${wayOut(reasons)}`,
  });
}

function wayOut(reasons: readonly GateReason[]): string {
  if (reasons.every(({ canForce }) => canForce)) return 'To drop all the same: --force --reason "…"';
  if (reasons.some(({ code }) => code === "not-deprecated")) return "First mark the columns: ssot migrate";
  return "What depends on the columns must go first; --force does not override that.";
}

async function readEffects({ sql }: Connection, migration: Migration): Promise<Effects> {
  const tally = await readTally(sql, migration.name, "migrate");
  return Object.fromEntries(effectsOf(migration).map((effect) => [effect, tally[effect] ?? 0]));
}
