import { type Connection, connect } from "../../db/connection.ts";
import { refuseUnfitToWrite } from "../../db/preflight.ts";
import { takeRehearsalLock } from "../../db/queries/rehearsal/same-database.ts";
import type { Target } from "../../db/target.ts";
import { SsotError } from "../../model/errors.ts";
import { LockWatch } from "./lock-watch.ts";
import { disturbed, refuseTarget, refuseWrittenCopy } from "./refuse-copy.ts";

/** The sessions that look on while the copy is worked on. */
export interface CopySession {
  /** Keeps and compares what the copy was. */
  readonly looker: Connection;
  readonly watch: LockWatch;
  /** Throws PREFLIGHT where somebody else wrote to the copy since the rehearsal began. */
  refuseDisturbed(): void;
}

/** Names of sessions that are a rehearsal's own. */
const ownSessions: readonly string[] = ["ssot", "ssot rehearsal"];

/**
 * Works on the copy, once nothing speaks against it: not the target, not a standby, nobody else's rehearsal or writes. The sessions end
 * with the work.
 */
export async function withCopy<T>(
  options: {
    readonly copy: Target;
    readonly target: Target | undefined;
    readonly trustRoles: readonly string[];
  },
  work: (session: CopySession) => Promise<T>,
): Promise<T> {
  const looker = await connect(options.copy);
  const watcher = await connect(options.copy).catch(async (error: unknown) => {
    await looker.close();
    throw error;
  });
  const watch = new LockWatch(watcher.sql, ownSessions);
  try {
    await refuseTarget(looker, options.target);
    await refuseUnfitToWrite(looker, options.copy, options.trustRoles);
    if (!(await takeRehearsalLock(looker.sql))) {
      throw new SsotError("PREFLIGHT", "another rehearsal is at work on this copy", {
        hint: "Wait for its end, or make another copy.",
      });
    }
    await refuseWrittenCopy(looker, ownSessions);
    watch.start();
    const result = await work({
      looker,
      watch,
      refuseDisturbed: () => {
        if (watch.disturbed) throw disturbed("What was measured is not told; the same command goes on.");
      },
    });
    await watch.stop();
    return result;
  } finally {
    await watch.stop().catch(() => {});
    await watcher.close();
    await looker.close();
  }
}
