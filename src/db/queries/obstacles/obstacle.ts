import type { Sql } from "postgres";

/** Something about the database that a run could neither work with nor put back. */
export interface Obstacle {
  /** What it is, by its name: a clause without a full stop. */
  readonly what: string;
  /** What to do about it: a clause in the imperative. */
  readonly remedy: string;
  /** An option of `migrate` that lets it go on all the same; absent: there is none. */
  readonly option?: string;
}

/** Reads the catalog, with no right but that. What a migration that has run made itself is no obstacle. */
export type ListObstacles = (sql: Sql) => Promise<readonly Obstacle[]>;
