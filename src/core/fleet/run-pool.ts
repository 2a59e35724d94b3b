/** Work on one target. */
export interface Job {
  /** How many sessions it opens at most, by server. */
  readonly sessions: ReadonlyMap<string, number>;
  run(): Promise<void>;
}

export interface Ceilings {
  /** How many jobs at once. */
  readonly parallel: number;
  /** How many sessions a server is given at once; undefined: as many as the jobs open. */
  readonly perServer: number | undefined;
}

/**
 * Runs jobs in their order, several at once; one whose server is full lets those behind it go first. Begins none once `goesOn` says
 * no, and waits for those that run. Gives those that were not begun.
 */
export async function runPool<J extends Job>(
  jobs: readonly J[],
  { parallel, perServer = Number.POSITIVE_INFINITY }: Ceilings,
  goesOn: () => boolean,
): Promise<readonly J[]> {
  const waiting = [...jobs];
  const running = new Set<Promise<void>>();
  const open = new Map<string, number>();
  const fits = ({ sessions }: J): boolean =>
    [...sessions].every(([server, count]) => (open.get(server) ?? 0) + count <= perServer);
  const count = ({ sessions }: J, sign: 1 | -1): void => {
    for (const [server, each] of sessions) open.set(server, (open.get(server) ?? 0) + sign * each);
  };
  for (;;) {
    while (running.size < parallel && goesOn()) {
      const [job] = waiting.splice(waiting.findIndex(fits) >>> 0, 1);
      if (job === undefined) break;
      count(job, 1);
      const ended = job.run().finally(() => {
        count(job, -1);
        running.delete(ended);
      });
      running.add(ended);
    }
    if (running.size === 0) return waiting;
    await Promise.race(running);
  }
}
