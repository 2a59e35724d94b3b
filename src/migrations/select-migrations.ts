import { SsotError } from "../model/errors.ts";
import type { Migration } from "../model/migration.ts";
import type { MigrationState } from "./history.ts";

/**
 * Which migrations a run applies, and which it holds back; optional ones only where `optional` names them. Pure. Throws
 * USAGE for an unknown `to` or optional name, and for an optional `to` that is not asked for.
 */
export function selectMigrations(
  migrations: readonly Migration[],
  states: readonly MigrationState[],
  options: {
    readonly to?: string | undefined;
    readonly phase3: boolean;
    readonly optional?: readonly string[] | undefined;
  },
): { readonly pending: readonly Migration[]; readonly held: readonly Migration[] } {
  const asked = checkOptional(migrations, options.optional ?? []);
  const stateOf = new Map(states.map((state) => [state.name, state]));
  const last = options.to === undefined ? migrations.length - 1 : indexOfMigration(migrations, options.to);
  const end = migrations[last]?.optional;
  if (options.to !== undefined && end !== undefined && !asked.includes(end)) {
    throw new SsotError("USAGE", `${options.to} is optional`, { hint: `Ask for it: ssot migrate --with ${end}` });
  }
  const half = states.find(({ state, interrupted }) => state === "partial" && interrupted === "rollback");
  if (half !== undefined) {
    throw new SsotError("MIGRATION_FAILED", `the rollback of ${half.name} was interrupted`, {
      hint: "Finish it first: ssot rollback. Nothing was changed.",
    });
  }
  const open = migrations.filter(({ name }) => stateOf.get(name)?.state !== "applied");
  const pending = open.filter((migration) => {
    const { name, phase, optional } = migration;
    const wanted = optional === undefined ? phase === 1 || options.phase3 : asked.includes(optional);
    return (wanted || stateOf.get(name)?.state === "partial") && migrations.indexOf(migration) <= last;
  });
  return { pending, held: open.filter((migration) => migration.phase === 3 && !pending.includes(migration)) };
}

/** Names of optional migrations, as they were given. Throws USAGE for one that there is not. */
export function checkOptional(migrations: readonly Migration[], names: readonly string[]): readonly string[] {
  const known = migrations.flatMap(({ optional }) => optional ?? []);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new SsotError("USAGE", `there is no optional migration ${unknown}`, { hint: `There is: ${known.join(", ")}` });
}

/** The place of a migration by its name, with or without `.sql`, or by its digits. Throws USAGE. */
export function indexOfMigration(migrations: readonly Migration[], wanted: string): number {
  const name = wanted.replace(/\.sql$/, "");
  const place = migrations.findIndex((migration) => migration.name === name || migration.name.slice(0, 14) === name);
  if (place >= 0) return place;
  throw new SsotError("USAGE", `there is no migration ${name}`, {
    hint: `There are: ${migrations.map((migration) => migration.name).join(", ")}`,
  });
}
