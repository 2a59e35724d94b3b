import type { Connection } from "../db/connection.ts";
import { readTally } from "../db/queries/effects.ts";
import { SsotError } from "../model/errors.ts";
import type { Migration } from "../model/migration.ts";
import { StepExecutor, type StepOptions } from "./execute-steps.ts";
import { hasMission } from "./packs.ts";

/**
 * Runs the steps of a migration with the role catch-up again, in order: they link the calls that arrived since. The journal grows
 * at its end, and a rollback undoes these links as well. Gives how many were linked.
 */
export async function catchUp(
  connection: Connection,
  migration: Migration,
  options: (migration: string, direction: "migrate") => StepOptions,
): Promise<number> {
  const linked = async (): Promise<number> =>
    (await readTally(connection.sql, migration.name, "migrate")).callsLinked ?? 0;
  const before = await linked();
  const executor = new StepExecutor(connection, migration, options(migration.name, "migrate"));
  for (const [place, { role }] of migration.up.entries()) if (role === "catch-up") await executor.run(place);
  return (await linked()) - before;
}

/** The migration whose steps link late calls; undefined where the story is not the mission's. Throws MIGRATION_FILES. */
export function findCatchUp(migrations: readonly Migration[]): Migration | undefined {
  const found = migrations.find(({ up }) =>
    up.some(({ role, rows }) => role === "catch-up" && rows.includes("callsLinked")),
  );
  if (found !== undefined || !hasMission(migrations)) return found;
  throw new SsotError("MIGRATION_FILES", "no migration has a step with the role catch-up that links calls", {
    hint: "Calls that arrive late would never be linked. Restore the files from the package; nothing was run.",
  });
}
