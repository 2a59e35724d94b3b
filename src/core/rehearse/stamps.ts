import type { StampingTrigger } from "../../db/queries/table-contents/stamping-triggers.ts";

/** A column to which a trigger of somebody's gives the time of a change, or the number of changes. */
export interface Stamp {
  readonly table: string;
  readonly column: string;
  readonly trigger: string;
}

const clock =
  /^(pg_catalog\.)?(now|clock_timestamp|transaction_timestamp|statement_timestamp)\s*\(\s*\)|^(current_timestamp|localtimestamp|current_date)\b|^timezone\s*\(\s*'[^']*'(::text)?\s*,\s*(now|clock_timestamp)\s*\(\s*\)\s*\)/i;

/**
 * The columns that these triggers stamp, as far as their text says so: `new.x := now()`, `new.x := old.x + 1`, and the extension
 * moddatetime. A rollback changes rows as well, so that such a column never comes back as it was. Anything else that a trigger assigns is
 * no stamp, and is compared. Pure.
 */
export function findStamps(triggers: readonly StampingTrigger[]): readonly Stamp[] {
  return triggers.flatMap(({ table, name, routine, source, args }) => {
    const columns = routine === "moddatetime" ? [args.split("\\000")[0] ?? ""] : stampedBy(source);
    return columns.filter((column) => column !== "").map((column) => ({ table, column, trigger: name }));
  });
}

function stampedBy(source: string): readonly string[] {
  const text = source.replace(/--[^\n]*/g, " ").replace(/\/\*[\s\S]*?\*\//g, " ");
  const found: string[] = [];
  for (const [, quoted, plain, value = ""] of text.matchAll(
    /\bnew\.(?:"((?:[^"]|"")+)"|([a-z_][a-z0-9_$]*))\s*:?=(?!=)\s*([^;]*);/gi,
  )) {
    const column = quoted?.replaceAll('""', '"') ?? plain?.toLowerCase() ?? "";
    if (clock.test(value.trim()) || isCounter(column, value)) found.push(column);
  }
  return [...new Set(found)].toSorted();
}

function isCounter(column: string, value: string): boolean {
  const counted =
    /^(?:coalesce\s*\(\s*)?(?:old|new)\.(?:"((?:[^"]|"")+)"|([a-z_][a-z0-9_$]*))\s*(?:,\s*\d+\s*\)\s*)?\+\s*1\s*$/i.exec(
      value.trim(),
    );
  const name = counted?.[1]?.replaceAll('""', '"') ?? counted?.[2]?.toLowerCase();
  return name === column;
}
