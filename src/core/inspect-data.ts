import type { Connection } from "../db/connection.ts";
import { listContactReferences } from "../db/queries/contact-references.ts";
import type { ForeignTrigger } from "../db/queries/foreign-triggers.ts";
import { contactsBesides, looseContactNumbers, type UnreadContacts } from "../db/queries/loose-numbers.ts";
import { listObstacles } from "../db/queries/obstacles/list-obstacles.ts";
import { listPlannedMerges } from "../db/queries/planned-merges.ts";
import { listRepeatedCallIds } from "../db/queries/table-layouts.ts";
import type { Engine } from "../migrations/engine-files.ts";
import { listLines, SsotError } from "../model/errors.ts";
import { readNumbers } from "../phone/read-numbers.ts";
import { type CodeOptions, refuseOthersCode } from "./others-code.ts";
import { listRowConflicts } from "./row-conflicts.ts";
import { type ContactWork, type KnownWork, tryOnCopies } from "./trial/trial.ts";

export interface DataOptions extends CodeOptions {
  readonly onUnfixablePhone: "abort" | "quarantine";
  /** A view of our name may lose the columns that ours has not. */
  readonly replaceView?: boolean | undefined;
}

const mostIds = 20;

/**
 * Refuses data that the migrations could not handle, before the first of them changes anything: numbers that cannot be
 * read (UNFIXABLE_PHONE), an id of several calls (PREFLIGHT), references that would collide (MERGE_CONFLICT), code of
 * others (FOREIGN_CODE, FOREIGN_TRIGGER), and what fails on empty copies of the tables (PREFLIGHT). Where only calls are changed, no contact
 * is read. Gives the triggers that will fire, and what could not be tried.
 */
export async function refuseUnfitData(
  connection: Connection,
  engine: Engine,
  options: DataOptions,
): Promise<{ readonly triggers: readonly ForeignTrigger[]; readonly notTried: readonly string[] }> {
  const { sql } = connection;
  const triggers = await refuseOthersCode(connection, options);
  await refuseObstacles(connection, options);
  const repeated = await listRepeatedCallIds(sql);
  if (repeated.length > 0) {
    throw new SsotError("PREFLIGHT", `several calls have the same id: ${repeated.join(", ")}`, {
      hint: "The journal finds a call by its id. Give all but one of them another id. Nothing was changed.",
    });
  }
  const known = options.onlyCalls === true ? "calls" : await refuseUnfitContacts(connection, options);
  return { triggers, notTried: await refuseTried(connection, engine, known) };
}

async function refuseUnfitContacts(connection: Connection, options: DataOptions): Promise<ContactWork> {
  const { sql } = connection;
  const numbers = readNumbers(await looseContactNumbers(sql));
  const unfixable = await contactsBesides(sql, numbers, 1_000_000);
  if (unfixable.count > 0 && options.onUnfixablePhone === "abort") {
    throw new SsotError(
      "UNFIXABLE_PHONE",
      `${unfixable.count.toLocaleString("en-US")} contacts have a number that cannot be read: ${listContacts(unfixable)}`,
      {
        hint: "Correct contacts.phone of these rows, or set them aside with --on-unfixable-phone quarantine. --json lists all of them. Nothing was changed.",
        contacts: unfixable.contacts,
      },
    );
  }
  const moves = { merges: await listPlannedMerges(sql, numbers), setAside: unfixable.ids };
  const references = await listContactReferences(sql);
  const [conflict] = await connection.inTransaction(() => listRowConflicts(connection, references, moves));
  if (conflict !== undefined) {
    throw new SsotError(conflict.code, conflict.what, { hint: `To go on: ${conflict.remedy}. Nothing was changed.` });
  }
  return { numbers, merges: moves.merges.length + unfixable.count > 0 };
}

// Last, and only where nothing else is in the way: code of others is called here for the first time.
async function refuseTried(connection: Connection, engine: Engine, known: KnownWork): Promise<readonly string[]> {
  const { obstacles, notTried } = await tryOnCopies(connection, engine, known);
  if (obstacles.length === 0) return notTried;
  const list = listLines(obstacles.map(({ what }) => what));
  throw new SsotError("PREFLIGHT", `what a run does was tried on empty copies of the tables, and fails:${list}`, {
    hint: `${obstacles.map(({ remedy }) => remedy).join("; ")}. Nothing was changed.`,
  });
}

function listContacts({ contacts, count }: UnreadContacts): string {
  const list = contacts.slice(0, mostIds).map(({ id, reason }) => `${id} (${reason})`);
  return `${list.join(", ")}${count > mostIds ? ` and ${count - mostIds} more` : ""}`;
}

async function refuseObstacles({ sql }: Connection, options: DataOptions): Promise<void> {
  const obstacles = await listObstacles(sql, options);
  if (obstacles.length === 0) return;
  const list = listLines(obstacles.map(({ what }) => what));
  throw new SsotError("PREFLIGHT", `others stand where a migration builds:${list}`, {
    hint: `${obstacles.map(({ remedy }) => remedy).join("; ")}. Nothing was changed.`,
  });
}
