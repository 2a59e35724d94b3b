/**
 * What a step is to the code, which knows no step by its name. catch-up: run again for rows that arrived since.
 * point-of-no-return: from here on a drop can only go on or be taken back, and its gate is not asked any more.
 */
export const stepRoles = ["catch-up", "point-of-no-return"] as const;
export type StepRole = (typeof stepRoles)[number];

/** One labelled step of a migration file, in one direction. */
export interface Step {
  readonly name: string;
  readonly role: StepRole | undefined;
  /** What the file says about it, in its own lines; empty where that is nothing. */
  readonly about: readonly string[];
  /** What is sent to the server: without `begin;` and `commit;`, without `\gexec`. */
  readonly sql: string;
  /**
   * transaction: inside one, together with its own record. statement: alone, because it commits by itself or must not be
   * in a transaction. generate: a query whose rows are statements, each sent alone (psql's `\gexec`).
   */
  readonly mode: "transaction" | "statement" | "generate";
  readonly lock: string;
  readonly blocks: string;
  /** Waits for older transactions anywhere in the database: the lock time-out is minutes instead of a second. */
  readonly waitsLong: boolean;
  /** On this SQLSTATE the run goes back to the named step, a few times. */
  readonly retry: { readonly sqlState: string; readonly from: string } | undefined;
  /** Work of the client before the step's SQL. */
  readonly client: string | undefined;
  /** The effects that count the step's rows. */
  readonly rows: readonly EffectName[];
}

export type Direction = "migrate" | "rollback";

export interface Migration {
  /** File name without `.sql`: fourteen digits, underscore, words. */
  readonly name: string;
  readonly path: string;
  readonly phase: 1 | 3;
  /** Applied only where it is asked for by this name; undefined: belongs to its phase. */
  readonly optional?: string | undefined;
  /** Of a Phase 3 migration: the one that deprecated the columns it drops. */
  readonly drops?: string | undefined;
  /** SHA-256 of the text; line endings and trailing blanks do not matter. */
  readonly checksum: string;
  /** Checksums of released texts that did the same: whoever ran one of them has this one applied. */
  readonly replaces: readonly string[];
  readonly up: readonly Step[];
  readonly down: readonly Step[];
}

/** A drop changes rows of calls at most, an optional migration none. */
export function changesCallsOnly({ phase, optional }: Migration): boolean {
  return phase === 3 || optional !== undefined;
}

/** Rows that a migration changes, by kind; the same keys in the dry run and in the run. */
export const effectNames = [
  "callsLinked",
  "callsUnlinked",
  "namesReplaced",
  "namesRescued",
  "phonesNormalised",
  "contactsMerged",
  "contactsQuarantined",
  "valuesArchived",
] as const;

export type EffectName = (typeof effectNames)[number];
export type Effects = Readonly<Partial<Record<EffectName, number>>>;
