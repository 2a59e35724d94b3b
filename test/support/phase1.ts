import { loadMigrations } from "../../src/migrations/load-migrations.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";

const migrations = await loadMigrations(migrationsDirectory());

/** What `migrate` applies by itself, by the names of the files, in order. */
export const phase1: readonly string[] = migrations
  .filter(({ phase, optional }) => phase === 1 && optional === undefined)
  .map(({ name }) => name);

/** The same with what only comes when it is asked for. */
export const phase1AndOptional: readonly string[] = migrations
  .filter(({ phase }) => phase === 1)
  .map(({ name }) => name);

/** What `status` says of each migration where those of Phase 1 have this state. */
export function statesWith(state: "pending" | "applied", drop: "held" | "applied" = "held"): readonly string[] {
  return migrations.map(({ phase, optional }) => {
    if (phase === 3) return drop;
    return optional === undefined ? state : "optional";
  });
}
