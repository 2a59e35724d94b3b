import { listBlockers } from "../db/queries/blockers.ts";
import type { SideSession } from "../db/side-session.ts";

/** Who stands in the way of a session, as last seen. */
export interface BlockerWatch {
  /** One line a session or prepared transaction: who, state, age. Empty when nobody was seen. */
  lastSeen(): readonly string[];
  /** The same, of the last look alone. */
  now(): readonly string[];
  /** Asks the server to cancel what the session runs at this moment, if anything. */
  cancel(): void;
  stop(): void;
}

/**
 * Looks every so often, from a session beside it, at what blocks session `pid`: once a lock_timeout has fired, nobody can tell any
 * more. While there is no session to look from nothing further is seen; the run goes on.
 */
export function watchBlockers(side: SideSession, pid: number, everyMs: number): BlockerWatch {
  let seen: readonly string[] = [];
  let present: readonly string[] = [];
  let busy = false;
  const look = async (): Promise<void> => {
    if (busy) return;
    busy = true;
    try {
      present = await side.use(({ sql }) => listBlockers(sql, pid));
      if (present.length > 0) seen = present;
    } catch {
      present = [];
    } finally {
      busy = false;
    }
  };
  const timer = setInterval(() => void look(), everyMs);
  timer.unref();
  return {
    lastSeen: () => seen,
    now: () => present,
    cancel: () => void side.use(({ sql }) => sql`select pg_cancel_backend(${pid})`).catch(() => {}),
    stop: () => clearInterval(timer),
  };
}
