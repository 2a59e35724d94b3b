import { cpus } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import type { Sent } from "../../src/core/rehearse/load/open-loop.ts";
import { serverSeconds } from "../support/cpu.ts";
import type { BenchServer } from "../support/server.ts";
import { latencyOf } from "./latency.ts";
import { type Kind, startTraffic } from "./start-traffic.ts";
import { type LockWaits, overlapOf, watchLocks } from "./watch-locks.ts";
import { readWorld } from "./world.ts";

export const benchKinds = ["webhook", "update", "page"] as const satisfies readonly Kind[];

/** Requests that were due while some work was done, and who waited for whom. */
export interface Measured {
  readonly sent: readonly Sent[];
  readonly seconds: number;
  readonly locks: LockWaits;
  /** The longest latency once the time is taken off in which a lock of a table was waited for, in ms. */
  readonly beyond: number;
  /** What server and senders used of all processors, 0 to 1; NaN where that cannot be known. */
  readonly busy: number;
}

const connections = 8;
const warmMs = 3000;

/** Sends traffic at a rate, warms up, and gives what was due while `work` was done. */
export async function measureTraffic(
  server: BenchServer,
  database: string,
  rate: number,
  work: () => Promise<unknown>,
): Promise<Measured> {
  const watcher = server.open(database);
  const world = await readWorld(watcher, 1);
  const used = (): number => {
    const { user, system } = process.cpuUsage();
    return (serverSeconds(server.postmaster) ?? Number.NaN) + (user + system) / 1e6;
  };
  const traffic = await startTraffic({
    open: () => server.open(database),
    connections,
    rate,
    kinds: benchKinds,
    world,
  });
  const pids = traffic.lanes.map(({ pid }) => pid);
  const locks = watchLocks(watcher, pids);
  try {
    await sleep(warmMs);
    const [from, usedFrom] = [performance.now(), used()];
    await work();
    const [to, usedTo] = [performance.now(), used()];
    await traffic.stop();
    const waits = await locks.stop();
    const sent = traffic.sent.filter(({ due }) => due >= from && due < to);
    return {
      sent,
      seconds: (to - from) / 1000,
      locks: waits,
      beyond: Math.max(...sent.map(({ due, done }) => done - due - overlapOf({ from: due, to: done }, waits.queued))),
      busy: (usedTo - usedFrom) / ((to - from) / 1000) / cpus().length,
    };
  } finally {
    await traffic.stop();
    await locks.stop();
    await watcher.end();
  }
}

const trialRate = 60;
const trialMs = 4000;

/** How many requests a second the machine answers at the most, senders included: asked for more than that, as many as it gives. */
export async function findCapacity(server: BenchServer, database: string): Promise<number> {
  let rate = trialRate;
  for (;;) {
    const { sent, seconds } = await measureTraffic(server, database, rate, () => sleep(trialMs));
    const end = Math.max(...sent.map(({ due }) => due));
    const answered = sent.filter(({ done }) => done <= end).length / seconds;
    if (answered < 0.9 * rate) return answered;
    rate *= 2;
  }
}

/** The requests of one kind. */
export function ofKind({ sent }: Measured, kind: Kind): readonly Sent[] {
  return sent.filter((request) => request.kind === kind);
}

/** p99 of a kind, in ms. */
export function p99Of(measured: Measured, kind: Kind): number {
  return latencyOf(ofKind(measured, kind)).p99;
}
