import type { AuditedWrites, TracedWrite, WriteTotals } from "../../db/queries/audit-writes.ts";
import type { DeprecatedColumn } from "../../model/deprecated-column.ts";
import { shapeOf } from "./statement-shape.ts";

/** Writes of one role and application by statements of one shape to one column. */
export interface Writer {
  /** `public.calls`. */
  readonly table: string;
  readonly column: string;
  readonly role: string;
  readonly application: string | null;
  /** Without values; null where a deleted call took it along, or for writes beyond the thousandth of a transaction. */
  readonly statement: string | null;
  readonly fingerprint: string | null;
  readonly operations: readonly string[];
  /** by name, by value, by text, summary: how the witness knew. */
  readonly seen: readonly string[];
  readonly writes: number;
  readonly first: Date;
  readonly last: Date;
}

/** Audited writes to one column. */
export interface WrittenColumn {
  /** `public.calls`. */
  readonly table: string;
  readonly column: string;
  readonly writes: number;
  readonly first: Date | null;
  /** The last one ever, by the trace that outlives the audit. */
  readonly last: Date | null;
}

/** Columns that are deprecated or were, and what else the audit counts. */
export function countByColumn(
  columns: readonly DeprecatedColumn[],
  totals: WriteTotals["byColumn"],
  traced: readonly TracedWrite[],
): readonly WrittenColumn[] {
  const all = [...columns.map(({ relation, column }) => ({ table: relation, column })), ...totals];
  const isOf = (table: string, column: string) => (row: { readonly table: string; readonly column: string }) =>
    row.table === table && row.column === column;
  const each = all.filter((row, place) => all.findIndex(isOf(row.table, row.column)) === place);
  return each.map(({ table, column }) => {
    const counted = totals.find(isOf(table, column));
    return {
      table,
      column,
      writes: counted?.writes ?? 0,
      first: counted?.first ?? null,
      last: traced.find((write) => write.relation === table && write.column === column)?.at ?? counted?.last ?? null,
    };
  });
}

/** Puts statements together that differ in their values alone, the most frequent first. */
export function groupByShape(kinds: readonly AuditedWrites[]): readonly Writer[] {
  const writers = new Map<string, Writer>();
  for (const { statement, operation, seen, ...kind } of kinds) {
    const shape = statement === null ? null : shapeOf(statement);
    const key = JSON.stringify([kind.table, kind.column, kind.role, kind.application, shape?.fingerprint ?? null]);
    const before = writers.get(key);
    writers.set(key, {
      table: kind.table,
      column: kind.column,
      role: kind.role,
      application: kind.application,
      statement: shape?.text ?? null,
      fingerprint: shape?.fingerprint ?? null,
      operations: [...new Set([...(before?.operations ?? []), operation])].toSorted(),
      seen: [...new Set([...(before?.seen ?? []), seen])].toSorted(),
      writes: (before?.writes ?? 0) + kind.writes,
      first: earlier(before?.first, kind.first),
      last: later(before?.last, kind.last),
    });
  }
  return [...writers.values()].toSorted((a, b) => b.writes - a.writes || b.last.getTime() - a.last.getTime());
}

function earlier(a: Date | undefined, b: Date): Date {
  return a !== undefined && a < b ? a : b;
}

export function later(a: Date | undefined, b: Date): Date {
  return a !== undefined && a > b ? a : b;
}
