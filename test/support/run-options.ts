import type { MigrateOptions } from "../../src/core/migrate.ts";
import type { RollbackOptions } from "../../src/core/rollback.ts";
import { resolveTarget, type Target } from "../../src/db/target.ts";
import { migrationsDirectory } from "../../src/migrations/packs.ts";

/** The target of a test database. */
export function targetOf(url: string): Target {
  return resolveTarget({ databaseUrl: url, environment: {}, directory: "/" });
}

/** What `ssot migrate` runs with, without any waiting. */
export function migrateOptions(url: string, changes: Partial<MigrateOptions> = {}): MigrateOptions {
  return {
    target: targetOf(url),
    directory: migrationsDirectory(),
    waitSeconds: 0,
    lockTimeoutMs: 1000,
    lockTries: 3,
    progress: {},
    onUnfixablePhone: "abort",
    userTriggers: "refuse",
    phase3: false,
    verify: true,
    ...changes,
  };
}

/** What `ssot rollback --all` runs with, without any waiting. */
export function rollbackOptions(url: string, changes: Partial<RollbackOptions> = {}): RollbackOptions {
  return {
    target: targetOf(url),
    directory: migrationsDirectory(),
    waitSeconds: 0,
    lockTimeoutMs: 1000,
    lockTries: 3,
    progress: {},
    all: true,
    ...changes,
  };
}
