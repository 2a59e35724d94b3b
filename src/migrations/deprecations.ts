import { SsotError } from "../model/errors.ts";
import type { Migration } from "../model/migration.ts";
import { readTokens } from "../sql/tokens.ts";
import type { MigrationState } from "./history.ts";
import { findMigration, standsOn } from "./select-migrations.ts";

/** A deprecation by its files: the one that marks its columns, and the one that drops them, where there is one. */
interface Deprecation {
  readonly mark: Migration;
  readonly drop: Migration | undefined;
}

/** The deprecation that is meant by the name, or the digits, of its mark or its drop. Pure. Throws USAGE. */
export function findDeprecation(migrations: readonly Migration[], wanted: string): Deprecation {
  const named = findMigration(migrations, wanted);
  const mark = named.phase === 3 ? migrations.find(({ name }) => name === named.drops) : named;
  const drop = migrations.find(({ drops }) => drops !== undefined && drops === mark?.name);
  if (mark !== undefined && (drop !== undefined || isMark(migrations, mark))) return { mark, drop };
  throw new SsotError("USAGE", `${named.name} deprecates nothing, and drops nothing`, {
    hint: `Expected one of: ${migrations.filter((migration) => isMark(migrations, migration)).map(({ name }) => name)}`,
  });
}

/** The drops of these deprecations. Pure. Throws USAGE. */
export function findDrops(migrations: readonly Migration[], wanted: readonly string[]): readonly Migration[] {
  return wanted.map((name) => {
    const { mark, drop } = findDeprecation(migrations, name);
    if (drop !== undefined) return drop;
    throw new SsotError("USAGE", `no migration drops what ${mark.name} deprecated`);
  });
}

/**
 * What a rollback of one deprecation takes back: its drop where that is applied or half-way, else its mark; undefined where neither
 * is. Other deprecations stay, whichever was applied last. Pure. Throws USAGE, and GATE where another migration stands on it.
 */
export function selectDeprecation(
  migrations: readonly Migration[],
  states: readonly MigrationState[],
  wanted: string,
): Migration | undefined {
  const { mark, drop } = findDeprecation(migrations, wanted);
  const begun = new Map(
    states
      .filter(({ state }) => state === "applied" || state === "partial")
      .map(({ name, appliedAt }) => [name, appliedAt?.getTime() ?? Number.POSITIVE_INFINITY]),
  );
  const target = [drop, mark].find((migration) => migration !== undefined && begun.has(migration.name));
  if (target === undefined) return undefined;
  const since = begun.get(target.name) ?? 0;
  const above = migrations.filter((other) => {
    if (other === target || !begun.has(other.name) || other.phase === 3 || isMark(migrations, other)) return false;
    // On a drop stands what was applied to the table without the columns.
    return target === mark
      ? standsOn(other, mark)
      : other.optional === undefined && (begun.get(other.name) ?? 0) > since;
  });
  if (above.length === 0) return target;
  throw new SsotError(
    "GATE",
    `${target.name} cannot be taken back alone: ${above.map(({ name }) => name).join(", ")} came after it`,
    {
      hint: "Nothing was changed. Take that back first: ssot rollback",
    },
  );
}

/** Whether a migration marks columns as deprecated: a drop says so, or it does itself. Pure. */
function isMark(migrations: readonly Migration[], { name, phase, up }: Migration): boolean {
  if (phase !== 1) return false;
  return migrations.some(({ drops }) => drops === name) || up.some(({ sql }) => /\bssot\.deprecate\s*\(/i.test(sql));
}

/** The columns that these files deprecate, in their order: what each call of `ssot.deprecate` names. Pure. */
export function listDeprecated(
  migrations: readonly Migration[],
): readonly { readonly table: string; readonly column: string }[] {
  return migrations.flatMap(({ up }) =>
    up.flatMap(({ sql }) =>
      [...sql.matchAll(/\bssot\.deprecate\s*\(/gi)].flatMap(({ index }) => {
        // Its first argument is the migration's own name, a variable.
        const strings = readTokens(sql.slice(index)).filter(({ kind }) => kind === "string");
        const [, table, column] = strings.map(({ text }) => text.slice(1, -1).replaceAll("''", "'"));
        return table === undefined || column === undefined ? [] : [{ table, column }];
      }),
    ),
  );
}
