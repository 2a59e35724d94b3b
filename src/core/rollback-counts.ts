/** Rows by what they are. */
export type Counts = Readonly<Record<string, number>>;

/** What becomes of the changed rows of one column, or of one table where whole rows went. */
export interface ColumnCounts {
  /** `calls.contact_id`; `contacts` for whole rows. */
  readonly column: string;
  /** The word under which the rows are counted in all. */
  readonly kind: string;
  readonly restored: number;
  readonly kept: number;
  /** Null where the changes of this column alone were not counted. */
  readonly unrestorable: number | null;
}

/** The same while it is counted. */
export interface ColumnSteps extends Omit<ColumnCounts, "unrestorable"> {
  /** By now what they were before. */
  readonly unchanged?: number;
  /** The word under which the changes of this column alone are counted. */
  readonly counted?: string;
}

/** What taking a migration back means for rows, by kind. Kinds without any are left out. */
export interface RollbackCounts {
  readonly name: string;
  /** Put back. */
  readonly restored: Counts;
  /** Changed by somebody since: they stay, and their originals go to ssot.unrestored. */
  readonly kept: Counts;
  /** Changed by the migration, and nothing is kept of what they were: erased with what was deleted since, or let go by `ssot finalize`. */
  readonly unrestorable: Counts;
  /** What goes with the migration although it is no value that it changed: evidence, dates, objects that it made. */
  readonly lost: Counts;
  readonly columns: readonly ColumnCounts[];
}

/** Sums by kind; those of nothing are left out. */
export function sumBy(columns: readonly ColumnSteps[], what: "restored" | "kept"): Counts {
  const sums: Record<string, number> = {};
  for (const { kind, [what]: n } of columns) sums[kind] = (sums[kind] ?? 0) + n;
  return withoutZeros(sums);
}

/** The counts of what there is, in the order of their names. */
export function withoutZeros(counts: Counts): Counts {
  return Object.fromEntries(
    Object.entries(counts)
      .filter(([, n]) => n > 0)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** How many rows kept values add to ssot.unrestored: one each. */
export function originalsOf(kept: Counts): number {
  return Object.values(kept).reduce((sum, n) => sum + n, 0);
}
