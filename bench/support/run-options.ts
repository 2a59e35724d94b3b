import type { MigrateOptions } from "../../src/core/migrate.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";
import type { BenchServer } from "./server.ts";

/** What the command gives `migrate` by default, for a database of the bench. */
export function migrateOptions(
  server: BenchServer,
  database: string,
  changes: Partial<MigrateOptions> = {},
): MigrateOptions {
  return {
    target: server.target(database),
    directory: migrationsDirectory(),
    waitSeconds: 0,
    lockTimeoutMs: 1000,
    lockTries: 30,
    progress: {},
    onUnfixablePhone: "abort",
    userTriggers: "refuse",
    phase3: false,
    verify: true,
    ...changes,
  };
}
