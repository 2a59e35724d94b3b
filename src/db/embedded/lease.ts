import { rmSync } from "node:fs";
import type { ServerLayout } from "./layout.ts";
import { withMutex, withMutexAtExit } from "./mutex.ts";
import { isAlive } from "./process-identity.ts";
import { removeDirectory } from "./remove-directory.ts";
import { findServer, signalServer, stopServer } from "./server-process.ts";
import { countUsers } from "./users.ts";

/** One use of the server by this process. */
export interface Lease {
  /** Ends the use; the last one stops the server. Does nothing when it has ended before. */
  readonly release: () => Promise<void>;
  /** Ends the use while the caller holds the mutex, after a start that failed: stops and removes what no one else uses. */
  readonly abandon: () => void;
}

const exitWaitMs = 5_000;

/** Notes the use for the moment this process exits without ending it. */
export function holdLease(
  layout: ServerLayout,
  options: { readonly entry: string; readonly pgCtl: string; readonly ephemeral: boolean },
): Lease {
  const { entry, pgCtl, ephemeral } = options;
  let held = true;
  const endUse = () => {
    held = false;
    process.off("exit", onExit);
    rmSync(entry, { force: true });
    return countUsers(layout.users) === 0;
  };
  const stopNow = () => {
    if (endUse()) endServer(layout, pgCtl, ephemeral);
  };
  function onExit() {
    if (held) withMutexAtExit(layout.mutex, stopNow);
  }
  process.once("exit", onExit);
  return {
    release: async () => {
      if (!held) return;
      await withMutex(layout.mutex, async () => {
        if (!held || !endUse()) return;
        await stopServer(layout, pgCtl, { immediate: ephemeral });
        if (ephemeral) removeDirectory(layout);
      });
    },
    abandon: stopNow,
  };
}

/** Without an event loop: signals, waits a bounded time, and removes an ephemeral directory. */
function endServer(layout: ServerLayout, pgCtl: string, ephemeral: boolean): void {
  const found = findServer(layout);
  if (found !== undefined) {
    signalServer(found.pid, layout, pgCtl, { immediate: ephemeral });
    const deadline = Date.now() + exitWaitMs;
    const clock = new Int32Array(new SharedArrayBuffer(4));
    while (ephemeral && isAlive(found) && Date.now() < deadline) Atomics.wait(clock, 0, 0, 10);
  }
  if (ephemeral) removeDirectory(layout);
}
