/** How fast a run goes at this moment. */
export interface PaceNow {
  readonly state: "full speed" | "steady" | "slowed" | "paused";
  readonly reason: string | undefined;
  /** Another state, or another signal than before; else the figures of the reason alone. */
  readonly isNew: boolean;
}

/** What a long command tells while it works. Every part is optional; none of it is the result. */
export interface Progress {
  /** The target, before anything is done: host, database, user. */
  readonly onTarget?: (target: string, serverVersion: number) => void;
  /** Another run has the lock. */
  readonly onWait?: (holder: string) => void;
  /** What a command of several runs begins. */
  readonly onStage?: (what: string) => void;
  readonly onMigration?: (name: string) => void;
  readonly onStep?: (migration: string, step: string) => void;
  /** How far a long step is, in rows. */
  readonly onRows?: (what: string, done: number, total: number) => void;
  /** A step waits, and for whom; told every five seconds. */
  readonly onBlocked?: (step: string, blockers: readonly string[]) => void;
  readonly onRetry?: (step: string, attempt: number, blockers: readonly string[]) => void;
  /** How fast it goes, and why; told when either changes. */
  readonly onPace?: (pace: PaceNow) => void;
  /** What of the pace is to be known once. */
  readonly onPaceNote?: (note: string) => void;
  readonly onWarning?: (message: string) => void;
  /** Every text that is sent to the server. */
  readonly onSql?: (text: string) => void;
}
