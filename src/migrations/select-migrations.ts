import { SsotError } from "../model/errors.ts";
import type { Migration } from "../model/migration.ts";
import type { MigrationState } from "./history.ts";

/** Which migrations a run applies, and which it holds back. Pure. Throws USAGE for an unknown `to`. */
export function selectMigrations(
  migrations: readonly Migration[],
  states: readonly MigrationState[],
  options: { readonly to?: string | undefined; readonly phase3: boolean },
): { readonly pending: readonly Migration[]; readonly held: readonly Migration[] } {
  const stateOf = new Map(states.map((state) => [state.name, state]));
  const last = options.to === undefined ? migrations.length - 1 : indexOfMigration(migrations, options.to);
  const half = states.find(({ state, interrupted }) => state === "partial" && interrupted === "rollback");
  if (half !== undefined) {
    throw new SsotError("MIGRATION_FAILED", `the rollback of ${half.name} was interrupted`, {
      hint: "Finish it first: ssot rollback. Nothing was changed.",
    });
  }
  const open = migrations.filter(({ name }) => stateOf.get(name)?.state !== "applied");
  const pending = open.filter((migration) => {
    const wanted = migration.phase === 1 || options.phase3 || stateOf.get(migration.name)?.state === "partial";
    return wanted && migrations.indexOf(migration) <= last;
  });
  return { pending, held: open.filter((migration) => migration.phase === 3 && !pending.includes(migration)) };
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
