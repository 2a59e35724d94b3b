/** A column that is to be dropped, and is witnessed until then. */
export interface DeprecatedColumn {
  /** The table as SQL names it, with its schema: `public.calls`. */
  readonly relation: string;
  readonly schema: string;
  readonly table: string;
  readonly column: string;
  /** Its place among the columns that its migration deprecated. */
  readonly place: number;
  /** The migration that deprecated it. */
  readonly migration: string;
  readonly reason: string;
  /** What to use instead; empty where that is nothing. */
  readonly replacement: string;
  /** The trigger that sees statements which name it. */
  readonly trigger: string;
  /** What the names of the triggers begin with that witness writes to it. */
  readonly triggers: string;
  /** Their function, as `to_regprocedure` takes it. */
  readonly witness: string;
  /** Not to be dropped before, whoever writes it or not; null where no date was given. */
  readonly notBefore: Date | null;
  /** How long nobody may have written it, as an interval of PostgreSQL. */
  readonly quiet: string;
  /** When it was deprecated. */
  readonly since: Date;
  /** Not before this moment, by time alone. */
  readonly dropAfter: Date;
  /** Whether that moment has come, by the database's clock. */
  readonly due: boolean;
  /** Whether the column is still there. */
  readonly present: boolean;
}

/** The deprecated columns by the migration that deprecated them, in order. */
export function byDeprecation<Column extends Pick<DeprecatedColumn, "migration">>(
  columns: readonly Column[],
): ReadonlyMap<string, readonly Column[]> {
  const groups = new Map<string, Column[]>();
  for (const column of columns.toSorted((a, b) => (a.migration < b.migration ? -1 : 1))) {
    groups.set(column.migration, [...(groups.get(column.migration) ?? []), column]);
  }
  return groups;
}
