import type { Connection } from "../../db/connection.ts";
import { findStrangePart } from "../../db/queries/schema-owner.ts";
import { findDrops } from "../../migrations/deprecations.ts";
import { loadEngine } from "../../migrations/engine-files.ts";
import { readEngineState } from "../../migrations/engine-state.ts";
import { readHistory, refuseHiddenSchema, statesOf } from "../../migrations/history.ts";
import { type Folders, loadMigrations } from "../../migrations/load-migrations.ts";
import { selectForRollback, selectMigrations } from "../../migrations/select-migrations.ts";
import { SsotError } from "../../model/errors.ts";

/** Whether a command would find something to do in a database. Only reads. */
export type Look = (connection: Connection) => Promise<boolean>;

export interface MigrateReach {
  readonly to: string | undefined;
  readonly phase3: boolean;
  readonly drops: readonly string[] | undefined;
  readonly optional: readonly string[] | undefined;
  readonly trustRoles: readonly string[];
}

export interface RollbackReach {
  readonly to: string | undefined;
  readonly all: boolean;
  readonly trustRoles: readonly string[];
}

/**
 * What `migrate` would find. A database where all is applied is left alone, late calls included. Throws USAGE for names of migrations
 * that there are not.
 */
export async function lookForMigrate(directory: Folders, reach: MigrateReach): Promise<Look> {
  const migrations = await loadMigrations(directory);
  const engine = await loadEngine();
  const drops = reach.drops === undefined ? undefined : findDrops(migrations, reach.drops);
  const select = (states: ReturnType<typeof statesOf>) => selectMigrations(migrations, states, { ...reach, drops });
  select([]);
  return unlessOdd(reach.trustRoles, async (connection) => {
    const states = statesOf(migrations, await readHistory(connection));
    if (states.some(({ state }) => state !== "applied" && state !== "pending")) return true;
    if (select(states).pending.length > 0) return true;
    const installed = await readEngineState(connection.sql);
    return installed !== undefined && (installed.version !== engine.version || installed.moving);
  });
}

/** What `rollback` would find. Throws USAGE for a name that there is not. */
export async function lookForRollback(directory: Folders, reach: RollbackReach): Promise<Look> {
  const migrations = await loadMigrations(directory);
  selectForRollback(migrations, [], reach);
  return unlessOdd(reach.trustRoles, async (connection) => {
    const states = statesOf(migrations, await readHistory(connection));
    if (states.some(({ state }) => state !== "applied" && state !== "pending")) return true;
    if (selectForRollback(migrations, states, reach).length > 0) return true;
    // An engine that no migration stands on goes with a whole rollback.
    return reach.all && (await readEngineState(connection.sql)) !== undefined;
  });
}

// Where the look itself meets something, the command meets it as well, and says what to do.
function unlessOdd(trustRoles: readonly string[], look: Look): Look {
  return async (connection) => {
    try {
      if ((await findStrangePart(connection.sql, trustRoles)) !== undefined) return true;
      await refuseHiddenSchema(connection.sql);
      return await look(connection);
    } catch (error) {
      if (error instanceof SsotError) return true;
      throw error;
    }
  };
}
