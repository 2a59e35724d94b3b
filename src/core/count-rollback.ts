import type { Connection } from "../db/connection.ts";
import { countLostWithEngine, countLostWithMark } from "../db/queries/undo/lost-rows.ts";
import { countMadeObjects, isViewChanged } from "../db/queries/undo/made-objects.ts";
import { countContactSources } from "../db/queries/undo/sources.ts";
import { readTallies, type Tallies } from "../db/queries/undo/tallies.ts";
import { readUndoMerges } from "../db/queries/undo/undo-merges.ts";
import { listUndoTasks, type UndoTask } from "../db/queries/undo/undo-tasks.ts";
import { filledSteps, listUndoArchives, type UndoArchive } from "../db/queries/undo/undone-archive.ts";
import { referenceSteps } from "../db/queries/undo/undone-references.ts";
import { countUndoneValues } from "../db/queries/undo/undone-values.ts";
import { bulkSettings, setStatements } from "../db/session-settings.ts";
import type { Migration } from "../model/migration.ts";
import { migrationNames } from "../model/mission.ts";
import { countArchived } from "./count-archived.ts";
import { countMerges, type MergeCounts } from "./count-merges.ts";
import {
  type ColumnCounts,
  type ColumnSteps,
  type Counts,
  type RollbackCounts,
  sumBy,
  withoutZeros,
} from "./rollback-counts.ts";

interface Undo {
  readonly connection: Connection;
  readonly tasks: readonly UndoTask[];
  readonly archives: readonly UndoArchive[];
  readonly merges: string | undefined;
  /** Of merges: asked once, where they are undone. */
  readonly merged: MergeCounts | undefined;
  /** Names of what is taken back, in its order. */
  readonly order: readonly string[];
}

/**
 * What a rollback of these migrations, in this order, would put back, keep, not be able to put back, and take along; a report a
 * migration. Exact while nobody writes: ask inside one transaction with one snapshot, which gets settings for it. Only reads; each changed column costs one scan of its table. `complete`:
 * nothing stays applied, so that schema ssot goes too.
 */
export async function countRollback(
  connection: Connection,
  selected: readonly Pick<Migration, "name">[],
  { complete }: { readonly complete: boolean },
): Promise<readonly RollbackCounts[]> {
  const { sql } = connection;
  // Of a journal's part nobody has statistics; taken for a small one, it would be joined row by row.
  await connection.execute(
    `set local enable_nestloop = off; set local enable_mergejoin = off; ${setStatements(bulkSettings, { local: true })}`,
  );
  const order = selected.map(({ name }) => name);
  const merges = order.includes(migrationNames.validate) ? await readUndoMerges(sql) : undefined;
  const tasks = await listUndoTasks(sql);
  const merged =
    merges === undefined
      ? undefined
      : await countMerges(
          sql,
          merges,
          tasks.filter(({ relation }) => relation === "public.contacts"),
        );
  const undo: Undo = { connection, tasks, archives: await listUndoArchives(sql), merges, merged, order };
  const counts: RollbackCounts[] = [];
  for (const name of order) counts.push(await countMigration(undo, name, complete && name === order.at(-1)));
  return counts;
}

async function countMigration(undo: Undo, name: string, isLast: boolean): Promise<RollbackCounts> {
  const { sql } = undo.connection;
  const tallies = await readTallies(sql, name);
  const columns: ColumnSteps[] = [];
  const lost: Record<string, number> = {};
  for (const task of undo.tasks.filter(({ migration }) => migration === name)) {
    const { restored, kept, unchanged, later } = await countUndoneValues(sql, task, stepsBefore(undo, task));
    columns.push({ column: task.task, kind: task.effect, counted: task.task, restored, kept, unchanged });
    if (task.effect === "callsLinked") lost.linksOfLaterCalls = later;
  }
  if (name === migrationNames.validate && undo.merged !== undefined) {
    columns.push(...undo.merged.columns);
    const sources = await countContactSources(sql, name);
    if (sources !== null) {
      columns.push({
        column: "contacts.source",
        kind: "contactSources",
        restored: 0,
        kept: sources + undo.merged.sources,
      });
    }
  }
  const archive = undo.archives.find(({ migration }) => migration === name);
  if (archive !== undefined) columns.push(...(await countArchived(sql, archive)));
  const viewStays = name === migrationNames.view && (await isViewChanged(sql, name));
  if (viewStays) columns.push({ column: "calls_with_caller_names", kind: "views", restored: 0, kept: 1 });
  Object.assign(lost, await countMadeObjects(sql, name), await countLostWithMark(sql, name));
  if (viewStays) delete lost.views;
  if (isLast) Object.assign(lost, await countLostWithEngine(sql));
  return {
    name,
    restored: sumBy(columns, "restored"),
    kept: sumBy(columns, "kept"),
    unrestorable: withoutZeros(unrestorableOf(tallies, columns)),
    lost: withoutZeros(lost),
    columns: columns.map((column) => describeColumn(tallies, column, columns)).filter(isOfInterest),
  };
}

// Effects whose rows come back one by one.
const restorable = [
  "callsLinked",
  "contactsMerged",
  "contactsQuarantined",
  "phonesNormalised",
  "namesReplaced",
  "valuesArchived",
];

// What was changed and is not known any more. A row that an interrupted rollback dealt with is not missed.
function unrestorableOf({ changed, dealtWith }: Tallies, columns: readonly ColumnSteps[]): Counts {
  return Object.fromEntries(
    restorable.map((kind) => [
      kind,
      Math.max(0, (changed[kind] ?? 0) - (dealtWith[kind] ?? 0) - knownOf(columns.filter((c) => c.kind === kind))),
    ]),
  );
}

function describeColumn(tallies: Tallies, column: ColumnSteps, columns: readonly ColumnSteps[]): ColumnCounts {
  const { kind, counted, restored, kept } = column;
  const isOnly = columns.filter((other) => other.kind === kind).length === 1;
  const changed = counted === undefined ? undefined : tallies.changed[counted];
  const unrestorable = (): number | null => {
    if (!restorable.includes(kind)) return null;
    if (isOnly) return unrestorableOf(tallies, columns)[kind] ?? 0;
    if (changed === undefined || (tallies.dealtWith[kind] ?? 0) > 0) return null;
    return Math.max(0, changed - knownOf([column]));
  };
  return { column: column.column, kind, restored, kept, unrestorable: unrestorable() };
}

function isOfInterest({ restored, kept, unrestorable }: ColumnCounts): boolean {
  return restored + kept + (unrestorable ?? 0) > 0;
}

function knownOf(columns: readonly ColumnSteps[]): number {
  return columns.reduce((sum, { restored, kept, unchanged = 0 }) => sum + restored + kept + unchanged, 0);
}

// What is taken back before in the same column of calls: filled numbers with the drop, references with the merges.
function stepsBefore({ archives, merges, merged, order }: Undo, task: UndoTask): string | undefined {
  const own = order.indexOf(task.migration);
  const isBefore = (name: string): boolean => order.includes(name) && order.indexOf(name) < own;
  if (task.task === "calls.phone_number") {
    const filling = archives.find(({ migration, fills }) => fills && isBefore(migration));
    return filling === undefined ? undefined : filledSteps(filling);
  }
  if (task.task !== "calls.contact_id" || merges === undefined || merged === undefined) return undefined;
  if (!isBefore(migrationNames.validate)) return undefined;
  return referenceSteps(merges, "public.calls", "contact_id", merged.away);
}
