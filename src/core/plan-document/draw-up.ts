import type { Connection } from "../../db/connection.ts";
import { findCatchUp } from "../../migrations/catch-up.ts";
import { readHistory, statesOf } from "../../migrations/history.ts";
import { lookOnly } from "../look-only.ts";
import { type PlanOptions, type PlanReport, readPlan } from "../plan.ts";
import type { PlannedWork } from "../planned-work.ts";
import { loadStory, type Story } from "../story.ts";
import type { MigratePlan, Unsealed } from "./document.ts";
import { seal } from "./seal.ts";
import { listPlanTables, readSurroundings } from "./surroundings.ts";
import { workOf } from "./work-of.ts";

export interface DrawUpOptions extends PlanOptions {
  /** As `migrate` has it: it belongs to what is approved. */
  readonly userTriggers: "refuse" | "fire";
}

/** A dry run, and the document of it that a team approves, from one snapshot. Changes nothing. */
export async function drawUpPlan(
  options: DrawUpOptions,
): Promise<{ readonly report: PlanReport; readonly document: MigratePlan }> {
  const story = await loadStory(options);
  return lookOnly(options, async (connection) => {
    const { report, work } = await readPlan(connection, story, options);
    return { report, document: seal(await describe(connection, story, options, report, work)) };
  });
}

async function describe(
  connection: Connection,
  story: Story,
  options: DrawUpOptions,
  report: PlanReport,
  planned: PlannedWork,
): Promise<Unsealed<MigratePlan>> {
  const { host, port, database, user } = options.target;
  const states = statesOf(story.migrations, await readHistory(connection));
  const late = planned.catchUp === null ? undefined : findCatchUp(story.migrations);
  const chosen = story.migrations.filter(
    (migration) => migration === late || planned.pending.some(({ name }) => name === migration.name),
  );
  const tables = await listPlanTables(connection, story.migrations, chosen);
  return {
    command: "migrate",
    at: new Date().toISOString(),
    target: { host, port, database, user },
    options: {
      to: options.to ?? null,
      phase3: options.phase3,
      only: options.drops ?? null,
      with: options.optional ?? [],
      force: options.force ?? null,
      onUnfixablePhone: options.onUnfixablePhone,
      replaceView: options.replaceView ?? false,
      reads: options.asks?.reads ?? "warn",
      allow: options.asks?.allow ?? {},
      userTriggers: options.userTriggers,
      trustRoles: options.trustRoles ?? [],
    },
    ...(await readSurroundings(connection, story, states, tables)),
    ...workOf(planned),
    sizes: report.tables,
    look: {
      unfixableContacts: report.unfixable.count,
      obstacles: report.obstacles.map(({ what, remedy }) => ({ what, remedy })),
      cautions: report.cautions.map(({ what, remedy }) => ({ what, remedy })),
      notTried: report.notTried,
      triggers: report.triggers.map(({ table, name, when, harmless }) => ({ table, name, when, harmless })),
      view: report.view,
      contactRoles: report.contactRoles,
      rolesWithoutContacts: report.rolesWithoutContacts,
    },
  };
}
