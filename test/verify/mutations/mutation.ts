/** One way to break a migrated database, in SQL; `{run}` stands for a name of its own, for roles, which are the whole server's. */
export interface Mutation {
  readonly what: string;
  readonly sql: string;
  /** The check that has to be named as the cause. */
  readonly cause: string;
  readonly status: "fail" | "warn";
  /** Takes back what is not the database's own. */
  readonly undo?: string | undefined;
}

type Said = readonly [what: string, sql: string, undo?: string];

/** Mutations that one check is the cause of, and fails for. */
export function failing(cause: string, ...said: readonly Said[]): readonly Mutation[] {
  return said.map(([what, sql, undo]) => ({ what, sql, cause, status: "fail", undo }));
}

/** Mutations that one check warns of. */
export function warning(cause: string, ...said: readonly Said[]): readonly Mutation[] {
  return said.map(([what, sql, undo]) => ({ what, sql, cause, status: "warn", undo }));
}
