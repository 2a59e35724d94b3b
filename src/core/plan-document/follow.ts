import type { Connection } from "../../db/connection.ts";
import { listNotedObjects, listRunPlans } from "../../db/queries/plan-state.ts";
import type { MigrationState } from "../../migrations/history.ts";
import { hasMission } from "../../migrations/packs.ts";
import { listLines, SsotError } from "../../model/errors.ts";
import { inSnapshot } from "../look-only.ts";
import { listPlannedWork, type WorkOptions } from "../planned-work.ts";
import type { Story } from "../story.ts";
import { listOtherDatabase, listSurroundingDifferences, listWorkDifferences } from "./differences.ts";
import type { MigratePlan, PlanDocument } from "./document.ts";
import { type Begun, lastOf, nothingBegun, wordsOf } from "./own-doing.ts";
import { readSurroundings } from "./surroundings.ts";
import { workOf } from "./work-of.ts";

/** A plan to follow. */
export interface Approval<D extends PlanDocument = PlanDocument> {
  readonly document: D;
  /** How far a count of rows may have moved, in percent of the planned one. */
  readonly tolerance: number;
}

/**
 * Holds the database and the files to a plan, from one snapshot under the run lock. Gives the names of what is left to run; none: all of it
 * was done by this plan before. Throws PLAN_DIFFERS with every difference. Changes nothing.
 */
export async function refuseDifferences(
  connection: Connection,
  story: Story,
  states: readonly MigrationState[],
  { document, tolerance }: Approval<MigratePlan>,
  options: WorkOptions,
): Promise<readonly string[]> {
  return inSnapshot(connection, async () => {
    const now = await readSurroundings(connection, story, states, Object.keys(document.database.tables));
    refuse(document, listOtherDatabase(document, now.database));
    const begun = await readBegun(connection, story, states, document);
    const left = document.pending.map(({ name }) => name).filter((name) => !begun.done.includes(name));
    if (left.length === 0 && document.pending.length > 0) return [];
    const differences = listSurroundingDifferences(document, now, begun);
    const sameFiles = document.story.every(({ name, checksum }) =>
      now.story.some((file) => file.name === name && file.checksum === checksum),
    );
    // What other files would do is no difference in what these do.
    const work = sameFiles ? await listPlannedWork(connection, story.migrations, states, options) : undefined;
    const ofWork = work === undefined ? [] : listWorkDifferences(document, workOf(work), { begun, tolerance });
    refuse(document, [...differences, ...ofWork]);
    return left;
  });
}

async function readBegun(
  { sql }: Connection,
  { migrations }: Story,
  states: readonly MigrationState[],
  { hash, pending }: MigratePlan,
): Promise<Begun & { readonly done: readonly string[] }> {
  const plans = await listRunPlans(sql);
  const byThis = states.filter(
    ({ name, state }) => state !== "pending" && plans[name] === hash && pending.some((each) => each.name === name),
  );
  const names = byThis.map(({ name }) => name);
  const done = byThis.filter(({ state }) => state === "applied").map(({ name }) => name);
  if (names.length === 0) return { ...nothingBegun, done };
  const files = migrations.filter(({ name }) => names.includes(name));
  const textsOf = (of: typeof files): readonly string[] =>
    of.flatMap(({ up }) => up.flatMap((step) => wordsOf(step.sql)));
  const noted = await listNotedObjects(sql, [...names, ...files.flatMap(({ drops }) => drops ?? [])]);
  return {
    names,
    done,
    words: new Set(textsOf(files)),
    ownWords: new Set(textsOf(files.filter((migration) => !hasMission([migration])))),
    journal: noted.names.map(lastOf),
    undoWords: new Set(noted.undo.flatMap(wordsOf)),
    // The engine's own triggers on tables of others.
    prefixes: ["ssot_", ...noted.prefixes.map(lastOf)],
  };
}

function refuse({ at, hash }: PlanDocument, differences: readonly string[]): void {
  if (differences.length === 0) return;
  throw new SsotError(
    "PLAN_DIFFERS",
    `the plan ${hash.slice(0, 12)} of ${at} is not what would be done now:${listLines(differences)}`,
    {
      hint: "Nothing was changed. Make a new plan, and have it approved: the same command with --dry-run --plan-out FILE",
    },
  );
}
