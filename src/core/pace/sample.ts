/** What one look at a server sees. `null`: the role may not see it, which is never taken for health. */
export interface Sample {
  /** In ms of a clock that never goes back. */
  readonly at: number;
  /** How long the server took to answer a statement that does nothing. */
  readonly answerMs: number;
  /** Sessions of others that have worked since the look before. */
  readonly busy: number | null;
  /** Those of them that work at this moment. */
  readonly active: number | null;
  /** Sessions of others that wait for a lock; of those, who wait for the run. */
  readonly waiting: number | null;
  readonly waitingForUs: number | null;
  readonly followers: readonly FollowerLag[];
  /** Absent: the server archives nothing. */
  readonly archiver?: ArchiverState | undefined;
  /** Somebody's VACUUM, or an autovacuum, is on a table that the run has locked. */
  readonly vacuuming: boolean | null;
  /** Checkpoints that were asked for before their time, since the server counts. */
  readonly requestedCheckpoints: number;
}

/** How far behind a standby or a logical consumer is, in what it has replayed. */
export interface FollowerLag {
  readonly name: string;
  readonly bytes: number | null;
  readonly seconds: number | null;
}

interface ArchiverState {
  /** WAL that is written and not archived; null: nothing was ever archived. */
  readonly backlogBytes: number | null;
  /** How often archiving failed, since the server counts. */
  readonly failures: number;
  /** The last attempt failed. */
  readonly failing: boolean;
}

/** What the run is told from outside, beside what a look sees. */
export interface Orders {
  /** SIGUSR2 came, and no second one. */
  readonly bySignal: boolean;
  /** The flag in ssot.pace is set. */
  readonly byFlag: boolean;
  /** What the condition of --pause-when says; `failed`: with this SQLSTATE. */
  readonly condition?: boolean | { readonly failed: string } | undefined;
}
