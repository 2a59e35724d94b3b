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
    /** The only drops; undefined: all. */
    readonly drops?: readonly Migration[] | undefined;
  },
): { readonly pending: readonly Migration[]; readonly held: readonly Migration[] } {
  const asked = checkOptional(migrations, options.optional ?? []);
  const stateOf = new Map(states.map((state) => [state.name, state]));
  const last =
    options.to === undefined ? migrations.length - 1 : migrations.indexOf(findMigration(migrations, options.to));
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
    const { drops = migrations } = options;
    const inPhase = phase === 1 || (options.phase3 && drops.includes(migration));
    const wanted = optional === undefined ? inPhase : asked.includes(optional);
    return (wanted || stateOf.get(name)?.state === "partial") && migrations.indexOf(migration) <= last;
  });
  return { pending, held: open.filter((migration) => migration.phase === 3 && !pending.includes(migration)) };
}

/**
 * What a rollback takes back, what was applied last first. Pure. Throws USAGE for an unknown `to`.
 */
export function selectForRollback(
  migrations: readonly Migration[],
  states: readonly MigrationState[],
  options: { readonly to?: string | undefined; readonly all: boolean },
): readonly Migration[] {
  const lastFirst = orderLastFirst(migrations, states);
  if (options.all) return lastFirst;
  if (options.to === undefined) return lastFirst.slice(0, 1);
  const stays = findMigration(migrations, options.to);
  const place = lastFirst.indexOf(stays);
  if (place >= 0) return lastFirst.slice(0, place);
  return lastFirst.filter(({ name }) => name > stays.name);
}

// Phase 1 is applied in order, and what comes later stands on it: its files go back by name, whatever the ledger's clock
// says. Nothing stands on a drop or an optional one: when they were applied is all that decides.
function orderLastFirst(migrations: readonly Migration[], states: readonly MigrationState[]): readonly Migration[] {
  const begun = new Map(
    states
      .filter(({ state }) => state === "applied" || state === "partial")
      .map(({ name, appliedAt }) => [name, appliedAt?.getTime() ?? Number.POSITIVE_INFINITY]),
  );
  const momentOf = ({ name }: Migration): number => begun.get(name) ?? 0;
  let left = migrations.filter(({ name }) => begun.has(name)).toReversed();
  const order: Migration[] = [];
  while (left.length > 0) {
    const free = left.filter((migration) => !left.some((other) => standsOn(other, migration)));
    const [next] = free.toSorted((a, b) => momentOf(b) - momentOf(a));
    if (next === undefined) break;
    order.push(next);
    left = left.filter((migration) => migration !== next);
  }
  return order;
}

/** Whether a migration has to be there for as long as another one is: Phase 1 is one line, that nothing else stands in. Pure. */
export function standsOn(above: Migration, below: Migration): boolean {
  return below.phase === 1 && below.optional === undefined && below.name < above.name;
}

/** The migrations that have to be applied before this one can be, in order. Pure. */
export function foundationsOf(migrations: readonly Migration[], migration: Migration): readonly Migration[] {
  const below = migrations.filter((other) => standsOn(migration, other));
  // Each waits for the one before it. A drop says all: it is sent by itself, when nobody remembers the order.
  return migration.phase === 3 ? below : below.slice(-1);
}

/** Names of optional migrations, as they were given. Throws USAGE for one that there is not. */
export function checkOptional(migrations: readonly Migration[], names: readonly string[]): readonly string[] {
  const known = migrations.flatMap(({ optional }) => optional ?? []);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return names;
  throw new SsotError("USAGE", `there is no optional migration ${unknown}`, { hint: `There is: ${known.join(", ")}` });
}

/** A migration by its name, with or without `.sql`, or by its digits. Throws USAGE. */
export function findMigration(migrations: readonly Migration[], wanted: string): Migration {
  const name = wanted.replace(/\.sql$/, "");
  const found = migrations.find((migration) => migration.name === name || migration.name.slice(0, 14) === name);
  if (found !== undefined) return found;
  throw new SsotError("USAGE", `there is no migration ${name}`, {
    hint: `There are: ${migrations.map((migration) => migration.name).join(", ")}`,
  });
}
