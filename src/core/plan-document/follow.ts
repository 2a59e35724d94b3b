import type { Connection } from "../../db/connection.ts";
import { listNotedObjects, listRunPlans } from "../../db/queries/plan-state.ts";
import type { MigrationState } from "../../migrations/history.ts";
import { hasMission } from "../../migrations/packs.ts";
import { listLines, SsotError } from "../../model/errors.ts";
import { inSnapshot } from "../look-only.ts";
import { listPlannedWork, type WorkOptions } from "../planned-work.ts";
import type { Story } from "../story.ts";
import { listOtherDatabase, listSurroundingDifferences, listWorkDifferences } from "./differences.ts";
import type { MigratePlan, PlanDocument, RollbackPlan, Work } from "./document.ts";
import { type Begun, journalOf, nothingBegun, wordsOf } from "./own-doing.ts";
import { readSurroundings } from "./surroundings.ts";
import { workOf } from "./work-of.ts";

/** A plan to follow. */
export interface Approval<D extends PlanDocument = PlanDocument> {
  readonly document: D;
  /** How far a count of rows may have moved, in percent of the planned one. */
  readonly tolerance: number;
}

interface Progress extends Begun {
  /** Done by this plan. */
  readonly done: readonly string[];
}

/**
 * Holds the database and the files to a plan of `migrate`, from one snapshot under the run lock. Gives the names of what is left to run;
 * undefined: all of it was done by this plan before. Throws PLAN_DIFFERS with every difference. Changes nothing.
 */
export function holdToPlan(
  connection: Connection,
  story: Story,
  states: readonly MigrationState[],
  approval: Approval<MigratePlan>,
  options: WorkOptions,
): Promise<readonly string[] | undefined> {
  return hold(connection, story, states, approval, {
    progress: () => readProgress(connection, story, states, approval.document),
    work: async () => workOf(await listPlannedWork(connection, story.migrations, states, options)),
  });
}

/** The same for a plan of `rollback`; `work` counts what would be taken back now. */
export function holdToRollbackPlan(
  connection: Connection,
  story: Story,
  states: readonly MigrationState[],
  approval: Approval<RollbackPlan>,
  work: () => Promise<Work>,
): Promise<readonly string[] | undefined> {
  return hold(connection, story, states, approval, {
    progress: () => readTakenBack(connection, story, states, approval.document),
    work,
  });
}

async function hold(
  connection: Connection,
  story: Story,
  states: readonly MigrationState[],
  { document, tolerance }: Approval,
  now: { readonly progress: () => Promise<Progress>; readonly work: () => Promise<Work> },
): Promise<readonly string[] | undefined> {
  return inSnapshot(connection, async () => {
    const surroundings = await readSurroundings(connection, story, states, Object.keys(document.database.tables));
    refuse(document, listOtherDatabase(document, surroundings.database));
    const begun = await now.progress();
    const left = document.pending.map(({ name }) => name).filter((name) => !begun.done.includes(name));
    if (left.length === 0 && document.pending.length > 0) return undefined;
    const differences = listSurroundingDifferences(document, surroundings, begun);
    const sameFiles = document.story.every(({ name, checksum }) =>
      surroundings.story.some((file) => file.name === name && file.checksum === checksum),
    );
    // What other files would do is no difference in what these do.
    const work = sameFiles ? listWorkDifferences(document, await now.work(), { begun, tolerance }) : [];
    refuse(document, [...differences, ...work]);
    return left;
  });
}

async function readProgress(
  { sql }: Connection,
  { migrations }: Story,
  states: readonly MigrationState[],
  { hash, pending }: MigratePlan,
): Promise<Progress> {
  const plans = await listRunPlans(sql);
  const byThis = states.filter(
    ({ name, state }) => state !== "pending" && plans[name] === hash && pending.some((each) => each.name === name),
  );
  const names = byThis.map(({ name }) => name);
  const done = byThis.filter(({ state }) => state === "applied").map(({ name }) => name);
  if (names.length === 0) return { ...nothingBegun, done };
  const files = migrations.filter(({ name }) => names.includes(name));
  const noted = await listNotedObjects(sql, [...names, ...files.flatMap(({ drops }) => drops ?? [])]);
  return { ...describe(files, journalOf(noted)), backward: false, done };
}

// What is taken back leaves no record: once this plan has begun, what is not applied any more is done. Where nothing of it is
// left nobody asks by whom.
async function readTakenBack(
  { sql }: Connection,
  { migrations }: Story,
  states: readonly MigrationState[],
  { hash, pending, journal }: RollbackPlan,
): Promise<Progress> {
  const stateOf = new Map(states.map(({ name, state }) => [name, state]));
  const gone = pending.map(({ name }) => name).filter((name) => (stateOf.get(name) ?? "pending") === "pending");
  const plans = await listRunPlans(sql);
  const byThis = pending.map(({ name }) => name).filter((name) => plans[name] === hash);
  const hasBegun = byThis.length > 0 || gone.length === pending.length;
  if (!hasBegun) return { ...nothingBegun, done: [] };
  const partial = byThis.filter((name) => stateOf.get(name) === "partial");
  const files = migrations.filter(({ name }) => gone.includes(name) || partial.includes(name));
  return { ...describe(files, journal), backward: true, done: gone };
}

function describe(files: Story["migrations"], journal: RollbackPlan["journal"]): Omit<Begun, "backward"> {
  const textsOf = (of: typeof files): readonly string[] =>
    of.flatMap(({ up, down }) => [...up, ...down].flatMap((step) => wordsOf(step.sql)));
  return {
    names: files.map(({ name }) => name),
    words: new Set(textsOf(files)),
    ownWords: new Set(textsOf(files.filter((migration) => !hasMission([migration])))),
    journal: journal.names,
    undoWords: new Set(journal.undo),
    prefixes: journal.prefixes,
  };
}

function refuse({ at, hash, command }: PlanDocument, differences: readonly string[]): void {
  if (differences.length === 0) return;
  throw new SsotError(
    "PLAN_DIFFERS",
    `the plan ${hash.slice(0, 12)} of ${at} is not what would be done now:${listLines(differences)}`,
    {
      hint: `Nothing was changed. Make a new plan, and have it approved: ssot ${command} --dry-run --plan-out FILE`,
    },
  );
}
