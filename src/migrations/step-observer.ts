import type { Connection } from "../db/connection.ts";
import type { Direction, Step } from "../model/migration.ts";

/** Looks on while the steps of a run are done; the run waits for each look. */
export interface StepObserver {
  /** Before a step is sent, or sent again. */
  readonly onBegin: (connection: Connection, step: Step, migration: string, direction: Direction) => Promise<void>;
  /** In the step's own transaction, right before its commit; not where the step commits by itself. */
  readonly onCommit: (connection: Connection) => Promise<void>;
  /** After it; outside of a transaction. */
  readonly onEnd: (connection: Connection) => Promise<void>;
}
