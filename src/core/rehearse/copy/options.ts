import type { Target } from "../../../db/target.ts";
import type { Folders } from "../../../migrations/load-migrations.ts";

/** How long a lock of somebody's may keep a table of the target from being read, in ms. */
export const lockWaitMs = 10_000;

export interface EmbeddedCopyOptions {
  /** What is copied; only read. */
  readonly target: Target;
  /** The migration files: they say which tables matter. */
  readonly directory: Folders;
  /** Its environment finds pg_dump and pg_restore. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Rows are generated in the target's sizes, and none is copied. */
  readonly schemaOnly: boolean;
  /** PostgreSQL for the copy; by default the one of the npm package. */
  readonly binaries?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Hears what is begun. */
  readonly onStage?: ((what: string) => void) | undefined;
  readonly onWarning?: ((message: string) => void) | undefined;
}

/** A copy that is there as long as the work on it. */
export interface EmbeddedCopy {
  /** With the name, and the rights, of whoever was named for the original. */
  readonly target: Target;
  /** What is not as on the original, a sentence each. */
  readonly problems: readonly string[];
}
