import { listNotedObjects } from "../../db/queries/plan-state.ts";
import { tableSizes } from "../../db/queries/plan-surroundings.ts";
import { readHistory, statesOf } from "../../migrations/history.ts";
import { hasMission } from "../../migrations/packs.ts";
import { lookOnly } from "../look-only.ts";
import { type PlanRollbackOptions, readRollback } from "../plan-rollback.ts";
import type { RollbackReport } from "../rollback.ts";
import { loadStory } from "../story.ts";
import type { RollbackPlan } from "./document.ts";
import { journalOf } from "./own-doing.ts";
import { seal } from "./seal.ts";
import { listPlanTables, readSurroundings } from "./surroundings.ts";
import { rollbackWorkOf } from "./work-of.ts";

export interface DrawUpRollbackOptions extends PlanRollbackOptions {
  /** As `rollback` has it: it belongs to what is approved. */
  readonly userTriggers: "refuse" | "fire";
}

const nothingToLookAt = {
  unfixableContacts: 0,
  obstacles: [],
  cautions: [],
  notTried: [],
  triggers: [],
  view: { former: null, further: [], madeAgain: [] },
  contactRoles: [],
  rolesWithoutContacts: [],
} as const;

/** A dry run of a rollback, and the document of it that a team approves, from one snapshot. Changes nothing. */
export async function drawUpRollback(
  options: DrawUpRollbackOptions,
): Promise<{ readonly report: RollbackReport; readonly document: RollbackPlan }> {
  const { host, port, database, user } = options.target;
  const story = await loadStory(options);
  return lookOnly({ target: options.target }, async (connection) => {
    const { report, selected } = await readRollback(connection, story, options);
    const states = statesOf(story.migrations, await readHistory(connection));
    const tables = await listPlanTables(connection, story.migrations, selected);
    const names = [...selected.map(({ name }) => name), ...selected.flatMap(({ drops }) => drops ?? [])];
    const noted =
      selected.length === 0 ? { names: [], undo: [], prefixes: [] } : await listNotedObjects(connection.sql, names);
    const document: RollbackPlan = seal({
      command: "rollback" as const,
      at: new Date().toISOString(),
      target: { host, port, database, user },
      options: {
        to: options.to ?? null,
        all: options.all,
        only: options.only ?? null,
        schemaOnly: options.schemaOnly ?? false,
        userTriggers: options.userTriggers,
        trustRoles: options.trustRoles ?? [],
      },
      ...(await readSurroundings(connection, story, states, tables)),
      ...rollbackWorkOf(selected, report.pending ?? []),
      journal: journalOf(noted),
      sizes: hasMission(selected) ? await tableSizes(connection.sql) : [],
      look: nothingToLookAt,
    });
    return { report, document };
  });
}
