import type { Connection } from "../db/connection.ts";
import { listContactReferences } from "../db/queries/contact-references.ts";
import { type ForeignTrigger, listForeignTriggers } from "../db/queries/foreign-triggers.ts";
import { contactsBesides, looseContactNumbers } from "../db/queries/loose-numbers.ts";
import { listObstacles } from "../db/queries/obstacles/list-obstacles.ts";
import { listPlannedMerges } from "../db/queries/planned-merges.ts";
import { listRepeatedCallIds } from "../db/queries/table-layouts.ts";
import { SsotError } from "../model/errors.ts";
import { readNumbers } from "../phone/read-numbers.ts";
import { listRowConflicts } from "./row-conflicts.ts";

export interface DataOptions {
  readonly onUnfixablePhone: "abort" | "quarantine";
  readonly userTriggers: "refuse" | "fire";
  /** A view of our name may lose the columns that ours has not. */
  readonly replaceView?: boolean | undefined;
}

const mostIds = 20;

/**
 * Refuses data that the migrations could not handle, before the first of them changes anything: numbers that cannot be
 * read (UNFIXABLE_PHONE), references that a merge cannot follow or an id of several calls (PREFLIGHT), references that
 * would collide (MERGE_CONFLICT), triggers of others that would tell the world (FOREIGN_TRIGGER). Gives the triggers that will fire.
 */
export async function refuseUnfitData(
  connection: Connection,
  options: DataOptions,
): Promise<readonly ForeignTrigger[]> {
  const { sql } = connection;
  const triggers = await refuseLoudTriggers(connection, options.userTriggers);
  await refuseObstacles(connection, options);
  const references = await listContactReferences(sql);
  const strange = references.filter(({ column }) => column === null);
  if (strange.length > 0) {
    const list = strange.map(({ table, constraint }) => `${table} (${constraint})`).join(", ");
    throw new SsotError("PREFLIGHT", `these tables reference another key of contacts than its id: ${list}`, {
      hint: "A merged contact or a normalised number would break them. Let them reference contacts(id). Nothing was changed.",
    });
  }
  const repeated = await listRepeatedCallIds(sql);
  if (repeated.length > 0) {
    throw new SsotError("PREFLIGHT", `several calls have the same id: ${repeated.join(", ")}`, {
      hint: "The journal finds a call by its id. Give all but one of them another id. Nothing was changed.",
    });
  }
  const readable = readNumbers(await looseContactNumbers(sql));
  const unfixable = await contactsBesides(sql, readable, options.onUnfixablePhone === "abort" ? mostIds : 1_000_000);
  if (unfixable.count > 0 && options.onUnfixablePhone === "abort") {
    throw new SsotError(
      "UNFIXABLE_PHONE",
      `${unfixable.count} contacts have a number that cannot be read: ${listIds(unfixable)}`,
      {
        hint: "Correct contacts.phone of these rows, or set them aside with --on-unfixable-phone quarantine. Nothing was changed.",
      },
    );
  }
  const moves = { merges: await listPlannedMerges(sql, readable), setAside: unfixable.ids };
  const [conflict] = await connection.inTransaction(() => listRowConflicts(connection, references, moves));
  if (conflict !== undefined) {
    throw new SsotError(conflict.code, conflict.what, { hint: `To go on: ${conflict.remedy}. Nothing was changed.` });
  }
  return triggers;
}

/**
 * Gives the triggers of others that changed rows will fire. Throws FOREIGN_TRIGGER where one is not BEFORE ROW: what it
 * tells others cannot be taken back.
 */
export async function refuseLoudTriggers(
  { sql }: Connection,
  userTriggers: "refuse" | "fire",
): Promise<readonly ForeignTrigger[]> {
  const triggers = await listForeignTriggers(sql);
  const loud = triggers.filter(({ harmless }) => !harmless);
  if (loud.length === 0 || userTriggers === "fire") return triggers;
  const list = loud.map(({ table, name, when }) => `${table}.${name} (${when})`).join(", ");
  throw new SsotError("FOREIGN_TRIGGER", `these triggers would fire on every row that is changed: ${list}`, {
    hint: "Disable them, or let them fire with --user-triggers fire. Nothing was changed.",
  });
}

function listIds({ ids, count }: { readonly ids: readonly string[]; readonly count: number }): string {
  return `${ids.slice(0, mostIds).join(", ")}${count > mostIds ? ` and ${count - mostIds} more` : ""}`;
}

async function refuseObstacles({ sql }: Connection, options: DataOptions): Promise<void> {
  const obstacles = await listObstacles(sql, options);
  if (obstacles.length === 0) return;
  const list = obstacles.map(({ what }) => `  - ${what}`).join("\n");
  throw new SsotError("PREFLIGHT", `others stand where a migration builds:\n${list}`, {
    hint: `${obstacles.map(({ remedy }) => remedy).join("; ")}. Nothing was changed.`,
  });
}
