import { applySettings, type Connection, connect } from "../db/connection.ts";
import { refuseUnfit } from "../db/preflight.ts";
import { listContactReferences } from "../db/queries/contact-references.ts";
import { listContactRoles } from "../db/queries/contact-roles.ts";
import { countDeprecatedValues } from "../db/queries/deprecated-values.ts";
import { type ForeignTrigger, listForeignTriggers } from "../db/queries/foreign-triggers.ts";
import { readGate } from "../db/queries/gate.ts";
import {
  contactsBesides,
  looseCallNumbers,
  looseContactNumbers,
  type UnreadContacts,
} from "../db/queries/loose-numbers.ts";
import { listObstacles } from "../db/queries/obstacles/list-obstacles.ts";
import type { Obstacle } from "../db/queries/obstacles/obstacle.ts";
import { countPlannedEffects } from "../db/queries/plan-effects.ts";
import { rolesWithoutContacts, type TableSize, tableSizes } from "../db/queries/plan-surroundings.ts";
import { listPlannedMerges } from "../db/queries/planned-merges.ts";
import { type ReaderAsks, verdictsOnce, withoutLook } from "../db/queries/verdicts.ts";
import { describeView, type PlannedView } from "../db/queries/wider-view.ts";
import { bulkSettings, setStatements } from "../db/session-settings.ts";
import { describeTarget, type Target } from "../db/target.ts";
import { bindMigration, defaultValues } from "../migrations/bind-migration.ts";
import { findDrops } from "../migrations/deprecations.ts";
import { type Engine, loadEngine } from "../migrations/engine-files.ts";
import { type MigrationState, readHistory, refuseChangedFiles, statesOf } from "../migrations/history.ts";
import { type Folders, loadMigrations } from "../migrations/load-migrations.ts";
import { changesMission, hasMission, isMissionDropped } from "../migrations/packs.ts";
import { effectsOf } from "../migrations/record-run.ts";
import { refuseUnfitEngine } from "../migrations/refuse-upgrade.ts";
import { selectMigrations } from "../migrations/select-migrations.ts";
import type { ContactRole } from "../model/contact-role.ts";
import { changesCallsOnly, type Effects, type Migration } from "../model/migration.ts";
import { type ReadNumber, readNumbers } from "../phone/read-numbers.ts";
import { listCautions } from "./list-cautions.ts";
import type { HeldMigration } from "./migrate.ts";
import { foreignCodeObstacles } from "./others-code.ts";
import type { Progress } from "./progress.ts";
import { readHeld } from "./read-held.ts";
import { listRowConflicts } from "./row-conflicts.ts";
import { type KnownWork, tryAside } from "./trial/trial.ts";

export interface PlannedStep {
  readonly name: string;
  readonly sql: string;
  readonly lock: string;
  readonly blocks: string;
  readonly transactional: boolean;
  /** Rows that it would change; null where it changes none of yours. */
  readonly rows: number | null;
}

export interface PlannedMigration {
  readonly name: string;
  readonly phase: 1 | 3;
  readonly steps: readonly PlannedStep[];
  readonly effects: Effects;
}

export interface PlanReport {
  readonly command: "migrate";
  readonly dryRun: true;
  readonly applied: readonly never[];
  readonly held: readonly HeldMigration[];
  readonly pending: readonly PlannedMigration[];
  /** `database on host:port as user`. */
  readonly target: string;
  /** As PostgreSQL counts it: 170004. */
  readonly serverVersion: number;
  readonly tables: readonly TableSize[];
  /** Triggers of others that the changed rows would fire. */
  readonly triggers: readonly ForeignTrigger[];
  /** What others put where a migration builds: `migrate` stops there. */
  readonly obstacles: readonly Obstacle[];
  /** What could not be tried on empty copies, a sentence each. */
  readonly notTried: readonly string[];
  /** What becomes of the view of live names and of what stands on it. */
  readonly view: PlannedView;
  /** What a run can live with, and whoever runs it should know. */
  readonly cautions: readonly Obstacle[];
  /** Columns of contacts that say whether one lives, or does not want to be called: how they are merged. */
  readonly contactRoles: readonly ContactRole[];
  /** Contacts whose number cannot be read: at most 20 ids. */
  readonly unfixable: UnreadContacts;
  /** Roles that may read calls, and so the view, but not contacts: the view would refuse them. */
  readonly rolesWithoutContacts: readonly string[];
}

export interface PlanOptions {
  readonly target: Target;
  readonly directory: Folders;
  /** Where the engine lies; undefined: in the package. */
  readonly engineDirectory?: string | undefined;
  readonly to?: string | undefined;
  readonly phase3: boolean;
  /** The only deprecations whose drop is asked for; undefined: all. */
  readonly drops?: readonly string[] | undefined;
  /** Optional migrations that are asked for. */
  readonly optional?: readonly string[] | undefined;
  readonly onUnfixablePhone: "abort" | "quarantine";
  /** What is asked of readers before a drop. */
  readonly asks?: ReaderAsks | undefined;
  /** Roles whose code may run with our rights. */
  readonly trustRoles?: readonly string[] | undefined;
  /** A view of our name may lose the columns that ours has not. */
  readonly replaceView?: boolean | undefined;
  readonly progress: Progress;
}

/** What `migrate` would do, step by step and in rows, from one read-only snapshot. Changes nothing. */
export async function plan(options: PlanOptions): Promise<PlanReport> {
  const migrations = await loadMigrations(options.directory);
  const engine = await loadEngine(options.engineDirectory);
  const connection = await connect(options.target);
  const { sql, serverVersion } = connection;
  try {
    options.progress.onTarget?.(describeTarget(options.target), serverVersion);
    await connection.execute("begin transaction isolation level repeatable read, read only");
    // One transaction is one session through any pooler.
    if (connection.pooled) await applySettings(connection, { forTransaction: true });
    // The sets of the plan have no statistics; taken for small ones, they would be joined row by row, or by a part of their keys.
    await connection.execute(
      `set local enable_nestloop = off; set local enable_mergejoin = off; ${setStatements(bulkSettings, { local: true })}`,
    );
    await refuseUnfitEngine(connection, engine, options.trustRoles);
    const states = statesOf(migrations, await readHistory(connection));
    refuseChangedFiles(states);
    const mission = hasMission(migrations);
    const dropped = isMissionDropped(states);
    const { trustRoles } = options;
    await refuseUnfit(connection, options.target, { mission, dropped, onlyReads: true, trustRoles });
    const drops = options.drops === undefined ? undefined : findDrops(migrations, options.drops);
    const chosen = selectMigrations(migrations, states, { ...options, drops });
    const told = verdictsOnce(sql, options.asks);
    const closed = await listClosed(connection, chosen.pending, states, told);
    const pending = chosen.pending.filter((migration) => !closed.includes(migration));
    const held = [...chosen.held, ...closed];
    const described = {
      command: "migrate",
      dryRun: true,
      applied: [],
      held: await describeHeld(connection, held, migrations, told),
      target: describeTarget(options.target),
      serverVersion,
    } as const;
    const planned = async (effects: Effects): Promise<readonly PlannedMigration[]> =>
      Promise.all(pending.map((migration) => planMigration(connection, migration, effects, options, told)));
    if (!mission) {
      const obstacles = await foreignCodeObstacles(connection, trustRoles ?? [], []);
      return { ...described, pending: await planned({}), ...nothingOfMission, obstacles };
    }
    const contactNumbers = readNumbers(await looseContactNumbers(sql));
    const callNumbers = dropped ? [] : readNumbers(await looseCallNumbers(sql));
    const numbers = [...new Map([...contactNumbers, ...callNumbers].map((n) => [`${n.country} ${n.raw}`, n])).values()];
    const quarantine = options.onUnfixablePhone === "quarantine";
    const changing = pending.filter(changesMission);
    const effects = dropped || changing.length === 0 ? {} : await countPlannedEffects(sql, numbers, { quarantine });
    const merges = (effects.contactsMerged ?? 0) + (effects.contactsQuarantined ?? 0) > 0;
    const contactWork = { numbers: contactNumbers, merges };
    const onlyCalls = changing.every(changesCallsOnly);
    const work = onlyCalls ? "calls" : contactWork;
    const foreseen = await foresee(connection, engine, options, changing.length > 0 && work);
    return {
      ...described,
      pending: await planned(effects),
      tables: await tableSizes(sql),
      triggers: await listForeignTriggers(sql, { onlyCalls }),
      ...foreseen,
      view: await describeView(sql),
      cautions: await listCautions(sql),
      contactRoles: await listContactRoles(sql),
      unfixable: await contactsBesides(sql, contactNumbers, 20),
      rolesWithoutContacts: await rolesWithoutContacts(sql),
    };
  } finally {
    await connection.execute("rollback").catch(() => []);
    await connection.close();
  }
}

// Where the story is not the mission's, nobody is asked for its tables.
const nothingOfMission = {
  tables: [],
  triggers: [],
  notTried: [],
  view: { former: null, further: [], madeAgain: [] },
  cautions: [],
  contactRoles: [],
  unfixable: { count: 0, ids: [], contacts: [] },
  rolesWithoutContacts: [],
} as const;

// As a run: whose code it is before any of it is called, then what is in the way, then the trial.
async function foresee(
  connection: Connection,
  engine: Engine,
  options: PlanOptions,
  work: KnownWork | false,
): Promise<Pick<PlanReport, "obstacles" | "notTried">> {
  const standing = [
    ...(await foreignCodeObstacles(connection, options.trustRoles ?? [])),
    ...(await listObstacles(connection.sql, options)),
  ];
  if (standing.length > 0 || work === false) return { obstacles: standing, notTried: [] };
  const conflicts = work === "calls" ? [] : await listConflicts(connection, work.numbers, options);
  if (conflicts.length > 0) return { obstacles: conflicts, notTried: [] };
  // A pooler may have no second server process to lend.
  if (connection.pooled) return { obstacles: [], notTried: ["through a pooler nothing is tried"] };
  return tryAside(options.target, engine, work);
}

// Rows that merging, or setting contacts aside, would break.
async function listConflicts(
  connection: Connection,
  numbers: readonly ReadNumber[],
  { onUnfixablePhone }: PlanOptions,
): Promise<readonly Obstacle[]> {
  const { sql } = connection;
  const setAside = onUnfixablePhone === "quarantine" ? (await contactsBesides(sql, numbers, 1_000_000)).ids : [];
  const moves = { merges: await listPlannedMerges(sql, numbers), setAside };
  const conflicts = await listRowConflicts(connection, await listContactReferences(sql), moves);
  return conflicts.map(({ what, remedy }) => ({ what, remedy }));
}

type Told = ReturnType<typeof verdictsOnce>;

// What an interrupted drop has left to do is pending, whatever its gate says.
async function listClosed(
  { sql }: Connection,
  pending: readonly Migration[],
  states: readonly MigrationState[],
  told: Told,
): Promise<readonly Migration[]> {
  const begun = states.filter(({ state }) => state === "partial").map(({ name }) => name);
  const closed: Migration[] = [];
  for (const drop of pending.filter(({ phase, name }) => phase === 3 && !begun.includes(name))) {
    if ((await readGate(sql, drop.drops, await told(drop.drops))).length > 0) closed.push(drop);
  }
  return closed;
}

async function describeHeld(
  connection: Connection,
  held: readonly Migration[],
  migrations: readonly Migration[],
  told: Told,
): Promise<readonly HeldMigration[]> {
  return Promise.all(
    held.map(async (drop) => ({
      name: drop.name,
      reasons: (await readHeld(connection, drop, await told(drop.drops), migrations)).reasons,
    })),
  );
}

async function planMigration(
  { sql }: Connection,
  migration: Migration,
  ofMission: Effects,
  { onUnfixablePhone, replaceView = false }: PlanOptions,
  told: Told,
): Promise<PlannedMigration> {
  const { name, phase, drops } = migration;
  const isOwnDrop = drops !== undefined && !hasMission([migration]);
  const effects = isOwnDrop ? { valuesArchived: await countDeprecatedValues(sql, drops) } : ofMission;
  const verdicts = drops === undefined ? defaultValues.verdicts : withoutLook(await told(drops));
  const { up } = bindMigration(migration, { ...defaultValues, onUnfixablePhone, replaceView, verdicts });
  return {
    name,
    phase,
    steps: up.map((step) => ({
      name: step.name,
      sql: step.sql,
      lock: step.lock,
      blocks: step.blocks,
      transactional: step.mode === "transaction",
      rows: step.rows[0] === undefined ? null : (effects[step.rows[0]] ?? null),
    })),
    effects: Object.fromEntries(effectsOf(migration).map((effect) => [effect, effects[effect] ?? 0])),
  };
}
