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
  readonly onWarning?: (message: string) => void;
  /** Every text that is sent to the server. */
  readonly onSql?: (text: string) => void;
}
