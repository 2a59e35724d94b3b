import { connect } from "../db/connection.ts";
import { listBlockers } from "../db/queries/blockers.ts";
import type { Target } from "../db/target.ts";

/** Who stands in the way of a session, as last seen. */
export interface BlockerWatch {
  /** One line a session or prepared transaction: who, state, age. Empty when nobody was seen. */
  lastSeen(): readonly string[];
  /** The same, of the last look alone. */
  now(): readonly string[];
  /** Asks the server to cancel what the session runs at this moment, if anything. */
  cancel(): void;
  stop(): Promise<void>;
}

/**
 * Looks every so often, on a connection of its own, at what blocks session `pid`: once a lock_timeout has fired, nobody
 * can tell any more. A watch that loses its connection sees nothing further; the run goes on.
 */
export async function watchBlockers(target: Target, pid: number, everyMs: number): Promise<BlockerWatch> {
  const connection = await connect(target);
  let seen: readonly string[] = [];
  let present: readonly string[] = [];
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      present = await listBlockers(connection.sql, pid);
      if (present.length > 0) seen = present;
    } catch {
      clearInterval(timer);
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  return {
    lastSeen: () => seen,
    now: () => present,
    cancel: () => void connection.sql`select pg_cancel_backend(${pid})`.catch(() => {}),
    stop: async () => {
      clearInterval(timer);
      await connection.close();
    },
  };
}
