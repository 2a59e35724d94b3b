import type { Sql } from "postgres";

/** What a probe may use. Whatever it does is rolled back. */
export interface Probe {
  /** A session inside a transaction that ends with a rollback; the library's functions run on it. */
  readonly sql: Sql;
  readonly threshold: number;
  /** An organisation for the probe's rows: made for it, or where none can be made, one that exists; an id of nobody's without the pack. */
  readonly orgId: string;
  /** Another one, for claims about two tenants. */
  readonly otherOrgId: string;
  /** WARNINGs that the server has sent since the probe began. */
  readonly warnings: readonly string[];
  /** Puts a figure into the report's `metrics`. */
  readonly measure: (name: string, value: number) => void;
}
