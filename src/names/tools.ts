import type { Grammar } from "./grammar.ts";
import type { Reading } from "./reading.ts";
import type { Rows } from "./scope.ts";

/** What a body needs of the whole: the grammar, and how statements are read. */
export interface Tools {
  readonly grammar: Grammar;
  /** Reads statements one after the other, and gives the rows of the last; undefined: the grammar does not take them. */
  readonly script: (reading: Reading, sql: string) => Rows | undefined;
}
