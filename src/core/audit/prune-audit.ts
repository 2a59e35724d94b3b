import { connect } from "../../db/connection.ts";
import { refuseOldServer, refusePooler } from "../../db/preflight.ts";
import { describeTarget, type Target } from "../../db/target.ts";
import { SsotError } from "../../model/errors.ts";
import type { Progress } from "../progress.ts";

export interface PruneReport {
  readonly command: "audit";
  /** Audit rows that were past retention. */
  readonly pruned: number;
}

// So that nobody's write waits for one of them longer than it may.
const mostRows = 1_000;

/**
 * Deletes the audit rows that are past retention (the longer of 30 days and a calendar month), in short transactions that
 * pass over what somebody else holds. Throws PREFLIGHT where there is no audit, INTERRUPTED with the rows deleted so far
 * deleted.
 */
export async function pruneAudit(options: {
  readonly target: Target;
  readonly progress: Progress;
  readonly signal?: AbortSignal | undefined;
}): Promise<PruneReport> {
  const connection = await connect(options.target);
  const { sql } = connection;
  try {
    options.progress.onTarget?.(describeTarget(options.target), connection.serverVersion);
    refuseOldServer(connection);
    await refusePooler(connection, options.target);
    const [row] = await sql<{ present: boolean }[]>`
      select to_regprocedure('ssot.prune_audit(integer)') is not null as present`;
    if (!row?.present) {
      throw new SsotError("PREFLIGHT", "there is no audit in this database", { hint: "ssot migrate makes it." });
    }
    let pruned = 0;
    for (let last = mostRows; last === mostRows; pruned += last) {
      if (options.signal?.aborted) {
        throw new SsotError("INTERRUPTED", `interrupted; ${pruned} rows are deleted, the rest is as it was`);
      }
      const [batch] = await sql<{ n: number }[]>`select ssot.prune_audit(${mostRows})::integer as n`;
      last = batch?.n ?? 0;
    }
    return { command: "audit", pruned };
  } finally {
    await connection.close();
  }
}
