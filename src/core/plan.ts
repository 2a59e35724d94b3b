import type { Connection } from "../db/connection.ts";
import { refuseUnfit } from "../db/preflight.ts";
import { listContactReferences } from "../db/queries/contact-references.ts";
import { listContactRoles } from "../db/queries/contact-roles.ts";
import { type ForeignTrigger, listForeignTriggers } from "../db/queries/foreign-triggers.ts";
import { contactsBesides, type UnreadContacts } from "../db/queries/loose-numbers.ts";
import { listObstacles } from "../db/queries/obstacles/list-obstacles.ts";
import type { Obstacle } from "../db/queries/obstacles/obstacle.ts";
import { rolesWithoutContacts, type TableSize, tableSizes } from "../db/queries/plan-surroundings.ts";
import { listPlannedMerges } from "../db/queries/planned-merges.ts";
import { describeView, type PlannedView } from "../db/queries/wider-view.ts";
import type { Target } from "../db/target.ts";
import type { Engine } from "../migrations/engine-files.ts";
import { readHistory, refuseChangedFiles, statesOf } from "../migrations/history.ts";
import { hasMission, isMissionDropped } from "../migrations/packs.ts";
import { refuseUnfitEngine } from "../migrations/refuse-upgrade.ts";
import type { ContactRole } from "../model/contact-role.ts";
import { type Place, placeOf } from "../model/evidence.ts";
import { changesCallsOnly, type Effects } from "../model/migration.ts";
import type { ReadNumber } from "../phone/read-numbers.ts";
import { answersOf, type Blocker, listBlockers, type Standing } from "./list-blockers.ts";
import { listCautions } from "./list-cautions.ts";
import { lookOnly } from "./look-only.ts";
import { foreignCodeObstacles } from "./others-code.ts";
import { listPlannedWork, type PlannedMigration, type PlannedWork, type WorkOptions } from "./planned-work.ts";
import type { Progress } from "./progress.ts";
import type { HeldMigration } from "./read-held.ts";
import { listNeededContacts, listRowConflicts } from "./row-conflicts.ts";
import { loadStory, type Story, type StoryOptions } from "./story.ts";
import { type KnownWork, tryAside } from "./trial/trial.ts";

export interface PlanReport {
  readonly command: "migrate";
  readonly dryRun: true;
  readonly applied: readonly never[];
  readonly held: readonly HeldMigration[];
  readonly pending: readonly PlannedMigration[];
  /** Where nothing is pending: what the run would do all the same, link calls that came since. Absent where it links none by its story. */
  readonly effects?: Effects;
  /** Calls that stay without a contact, by reason. */
  readonly unlinked: PlannedWork["unlinked"];
  readonly target: Place;
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
  /** All that `migrate` would stop at, told above as well. */
  readonly blockers: readonly Blocker[];
  /** The options that answer those of them that have one: one command has them all. */
  readonly answers: readonly string[];
}

export interface PlanOptions extends WorkOptions, StoryOptions {
  readonly target: Target;
  /** Roles whose code may run with our rights. */
  readonly trustRoles?: readonly string[] | undefined;
  /** As `migrate` has it. */
  readonly userTriggers?: "refuse" | "fire" | undefined;
  readonly progress: Progress;
}

/** What `migrate` would do, step by step and in rows, from one read-only snapshot. Changes nothing. */
export async function plan(options: PlanOptions): Promise<PlanReport> {
  const story = await loadStory(options);
  return lookOnly(options, async (connection) => (await readPlan(connection, story, options)).report);
}

/** The same in a snapshot that is there, with the work that it is a report of. */
export async function readPlan(
  connection: Connection,
  { migrations, engine }: Story,
  options: PlanOptions,
): Promise<{ readonly report: PlanReport; readonly work: PlannedWork }> {
  const { sql, serverVersion } = connection;
  await refuseUnfitEngine(connection, engine, options.trustRoles);
  const states = statesOf(migrations, await readHistory(connection));
  refuseChangedFiles(states);
  const mission = hasMission(migrations);
  const dropped = isMissionDropped(states);
  const { trustRoles } = options;
  await refuseUnfit(connection, options.target, { mission, dropped, onlyReads: true, trustRoles });
  const work = await listPlannedWork(connection, migrations, states, options);
  const { pending, changing, contactNumbers, merges } = work;
  const described = {
    command: "migrate",
    dryRun: true,
    applied: [],
    held: work.held.map(({ name, reasons }) => ({ name, reasons })),
    pending,
    ...(work.catchUp === null ? {} : { effects: { callsLinked: work.catchUp } }),
    unlinked: work.unlinked,
    target: placeOf(options.target),
    serverVersion,
  } as const;
  if (!mission) {
    const obstacles = await foreignCodeObstacles(connection, trustRoles ?? [], []);
    const blockers = pending.length === 0 ? [] : obstacles.map(({ what, option = null }) => ({ what, option }));
    return { report: { ...described, ...nothingOfMission, obstacles, blockers, answers: answersOf(blockers) }, work };
  }
  const onlyCalls = changing.every(changesCallsOnly);
  const idle = changing.length === 0 && work.catchUp === null;
  const known = onlyCalls ? "calls" : { numbers: contactNumbers, merges };
  const foreseen = await foresee(connection, engine, options, changing.length > 0 && known);
  const triggers = await listForeignTriggers(sql, { onlyCalls });
  const unfixable = await contactsBesides(sql, contactNumbers, 20);
  const standing = { triggers, obstacles: foreseen.obstacles, unfixable: onlyCalls ? 0 : unfixable.count };
  const blockers = idle ? [] : await findBlockers(connection, contactNumbers, standing, options);
  const report = {
    ...described,
    tables: await tableSizes(sql),
    triggers,
    ...foreseen,
    view: await describeView(sql),
    cautions: await listCautions(sql),
    contactRoles: await listContactRoles(sql),
    unfixable,
    rolesWithoutContacts: await rolesWithoutContacts(sql),
    blockers,
    answers: answersOf(blockers),
  };
  return { report, work };
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
  const code = await foreignCodeObstacles(connection, options.trustRoles ?? []);
  // Nothing is built then; at most late calls are linked.
  if (work === false) return { obstacles: code, notTried: [] };
  const standing = [...code, ...(await listObstacles(connection.sql, options))];
  if (standing.length > 0) return { obstacles: standing, notTried: [] };
  const conflicts = work === "calls" ? [] : await listConflicts(connection, work.numbers, options);
  if (conflicts.length > 0) return { obstacles: conflicts, notTried: [] };
  // A pooler may have no second server process to lend.
  if (connection.pooled) return { obstacles: [], notTried: ["through a pooler nothing is tried"] };
  return tryAside(options.target, engine, work);
}

async function findBlockers(
  connection: Connection,
  numbers: readonly ReadNumber[],
  standing: Omit<Standing, "needed">,
  { onUnfixablePhone, userTriggers = "refuse" }: PlanOptions,
): Promise<readonly Blocker[]> {
  const { sql } = connection;
  const ids = standing.unfixable === 0 ? [] : (await contactsBesides(sql, numbers, 1_000_000)).ids;
  const needed = await listNeededContacts(connection, await listContactReferences(sql), ids);
  return listBlockers({ ...standing, needed }, { onUnfixablePhone, userTriggers });
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
