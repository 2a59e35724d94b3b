import type { Sql } from "postgres";
import { listContactRules } from "../db/queries/undo/contact-rules.ts";
import { fillsOf } from "../db/queries/undo/undo-merges.ts";
import type { UndoTask } from "../db/queries/undo/undo-tasks.ts";
import { countUndoneContacts } from "../db/queries/undo/undone-contacts.ts";
import { countUndoneFills } from "../db/queries/undo/undone-fills.ts";
import { countUndoneReferences, listMovedReferences } from "../db/queries/undo/undone-references.ts";
import type { ColumnSteps } from "./rollback-counts.ts";

export interface MergeCounts {
  readonly columns: readonly ColumnSteps[];
  /** SQL: an array of the contacts that cannot be put back. */
  readonly away: string;
  /** By how much the contacts with a source become more. */
  readonly sources: number;
}

/** What undoing merges and quarantine would do now. `merges`: see readUndoMerges; `tasks`: those of contacts' columns. */
export async function countMerges(sql: Sql, merges: string, tasks: readonly UndoTask[]): Promise<MergeCounts> {
  const changes = [
    `select f.id, f.col, f.new from (${fillsOf(merges)}) as f`,
    ...tasks.map(({ task, rows }) => `select j.id, '${task.slice(task.indexOf(".") + 1)}', j.new from (${rows}) as j`),
  ].join(" union all ");
  const contacts = await countUndoneContacts(sql, merges, await listContactRules(sql), changes);
  const away = [...contacts.awayMerged, ...contacts.awayQuarantined];
  const fills = await countUndoneFills(sql, merges, away);
  const references: ColumnSteps[] = [];
  for (const moved of await listMovedReferences(sql, merges)) {
    const { restored, kept } = await countUndoneReferences(sql, merges, moved, away);
    references.push({
      column: `${moved.relationText.replace(/^public\./, "")}.${moved.columnText}`,
      kind: "references",
      restored,
      kept,
    });
  }
  const whole = (kind: string, restored: number, kept: number): ColumnSteps => ({
    column: "contacts",
    kind,
    restored,
    kept,
  });
  return {
    columns: [
      whole("contactsMerged", contacts.merged, contacts.awayMerged.length),
      whole("contactsQuarantined", contacts.quarantined, contacts.awayQuarantined.length),
      whole("contactValues", fills.restored, fills.kept),
      ...references,
    ],
    away: `'{${away.join(",")}}'::text[]`,
    sources: contacts.sources - fills.sources,
  };
}
