import { connect } from "../db/connection.ts";
import { refuseUnfit } from "../db/preflight.ts";
import type { Target } from "../db/target.ts";
import { readHistory, refuseChangedFiles, statesOf } from "../migrations/history.ts";
import { loadMigrations } from "../migrations/load-migrations.ts";
import { type RollbackReport, selectForRollback } from "./rollback.ts";

export interface PlanRollbackOptions {
  readonly target: Target;
  readonly directory: string;
  /** Down to this migration, which stays: a name, or its digits. Undefined: the last applied one only. */
  readonly to?: string | undefined;
  readonly all: boolean;
}

/** What `rollback` would take back, step by step, in its order. Changes nothing; refuses what `rollback` would refuse. */
export async function planRollback(options: PlanRollbackOptions): Promise<RollbackReport> {
  const migrations = await loadMigrations(options.directory);
  const connection = await connect(options.target);
  try {
    await connection.execute("begin transaction isolation level repeatable read, read only");
    await refuseUnfit(connection, options.target, { dropped: true });
    const states = statesOf(migrations, await readHistory(connection));
    refuseChangedFiles(states);
    const pending = selectForRollback(migrations, states, options).map(({ name, down }) => ({
      name,
      steps: down.map((step) => step.name),
    }));
    return { command: "rollback", dryRun: true, rolledBack: [], pending };
  } finally {
    await connection.execute("rollback").catch(() => []);
    await connection.close();
  }
}
