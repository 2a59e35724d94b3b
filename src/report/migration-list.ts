import { alignRows } from "./table.ts";

/** One migration of a list: its aligned line, and the lines that stand below it. */
export interface MigrationEntry {
  readonly name: string;
  /** What stands behind the name, a column each. */
  readonly cells: readonly string[];
  readonly details: readonly string[];
}

/** Where the details of a migration begin. */
export const detailIndent = " ".repeat(6);

/** A line a migration (`20260209000100  backfill_contact_ids  …`), in columns, its details below it. */
export function listMigrations(entries: readonly MigrationEntry[], width?: number): readonly string[] {
  const heads = alignRows(
    entries.map(({ name, cells }) => {
      const [, digits = "", words = name] = /^(\d{14})_(.+)$/.exec(name) ?? [];
      return [digits, words, ...cells];
    }),
    "  ",
    width,
  );
  return entries.flatMap(({ details }, place) => [...(heads[place] ?? []), ...details]);
}
