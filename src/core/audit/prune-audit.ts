import { connect } from "../../db/connection.ts";
import { refuseUnfitToWrite } from "../../db/preflight.ts";
import { listDeprecatedColumns } from "../../db/queries/deprecated-columns.ts";
import { describeTarget } from "../../db/target.ts";
import { loadEngine } from "../../migrations/engine-files.ts";
import { refuseUnfitEngine } from "../../migrations/refuse-upgrade.ts";
import { SsotError } from "../../model/errors.ts";
import type { UpkeepOptions } from "../open-run.ts";
import { upgradeEngine } from "./upgrade-engine.ts";

export interface PruneReport {
  readonly command: "audit";
  /** Audit rows that were past retention. */
  readonly pruned: number;
}

// So that nobody's write waits for one of them longer than it may.
const mostRows = 1_000;

/**
 * Deletes the audit rows that are past retention (the longer of 30 days and a calendar month), in short transactions that
 * pass over what somebody else holds. Takes the run lock only where the engine is an older one, which is upgraded first.
 * Throws PREFLIGHT where there is no audit, INTERRUPTED with the rows deleted so far deleted.
 */
export async function pruneAudit(options: UpkeepOptions): Promise<PruneReport> {
  const { target, progress, signal } = options;
  const engine = await loadEngine(options.engineDirectory);
  const connection = await connect(target);
  const { sql } = connection;
  try {
    progress.onTarget?.(describeTarget(target), connection.serverVersion);
    await refuseUnfitToWrite(connection, target, options.trustRoles);
    const installed = await refuseUnfitEngine(connection, engine, options.trustRoles);
    if ((await listDeprecatedColumns(sql)).length === 0) {
      throw new SsotError("PREFLIGHT", "there is no audit in this database", { hint: "ssot migrate makes it." });
    }
    if (installed?.version !== engine.version || installed.moving) await upgradeEngine(options, engine);
    let pruned = 0;
    for (let last = mostRows; last === mostRows; pruned += last) {
      if (signal?.aborted) {
        throw new SsotError(
          "INTERRUPTED",
          `interrupted; ${pruned.toLocaleString("en-US")} rows are deleted, the rest is as it was`,
        );
      }
      const [batch] = await sql<{ n: number }[]>`select ssot.prune_audit(${mostRows})::integer as n`;
      last = batch?.n ?? 0;
    }
    return { command: "audit", pruned };
  } finally {
    await connection.close();
  }
}
