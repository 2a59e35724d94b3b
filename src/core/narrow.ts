import type { DeprecatedColumn } from "../model/deprecated-column.ts";
import { SsotError } from "../model/errors.ts";
import { quoteName, readColumnList } from "./deprecate/column-list.ts";

/**
 * The columns that were deprecated together with one of this name (`TABLE.COLUMN`, as SQL writes names, the schema may be left out);
 * undefined: all. Pure. Throws USAGE.
 */
export function narrowTo(
  columns: readonly DeprecatedColumn[],
  wanted: string | undefined,
): readonly DeprecatedColumn[] {
  if (wanted === undefined) return columns;
  const named = readColumnList([wanted]);
  const found = columns.filter(
    ({ schema, table, column }) =>
      named.columns.includes(column) &&
      [quoteName(table), `${quoteName(schema)}.${quoteName(table)}`].includes(named.table),
  );
  if (found.length > 0) return columns.filter(({ migration }) => found.some((each) => each.migration === migration));
  const known = columns.map(({ relation, column }) => `${relation}.${column}`);
  throw new SsotError("USAGE", `no deprecated column is called ${wanted}`, {
    hint: known.length === 0 ? "Nothing is deprecated in this database." : `There are: ${known.join(", ")}`,
  });
}
