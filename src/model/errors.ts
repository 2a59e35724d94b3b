import { visible, visibleLines } from "./visible.ts";

/** The process exit code of each error; docs/errors.md tells cause and remedy of every one. */
export const exitCodes = {
  USAGE: 2,
  CONFIGURATION: 2,
  PLAN_FILE: 2,
  UNREACHABLE: 3,
  REFUSED_LOGIN: 3,
  TOO_OLD: 3,
  POOLER: 3,
  PREFLIGHT: 3,
  FOREIGN_TRIGGER: 3,
  FOREIGN_CODE: 3,
  ENGINE_NEWER: 3,
  EMBEDDED: 3,
  PAUSE_WHEN: 3,
  MIGRATION_FILES: 4,
  MIGRATION_CHANGED: 4,
  MIGRATION_FAILED: 4,
  ROLLBACK_FAILED: 4,
  POSTCONDITION: 4,
  UNFIXABLE_PHONE: 4,
  MERGE_CONFLICT: 4,
  RUN_LOCK: 5,
  LOCK_TIMEOUT: 5,
  GATE: 6,
  PLAN_DIFFERS: 6,
  // Of the libraries: a command only meets them in its own probes.
  PAYLOAD_INVALID: 1,
  BODY_TOO_LARGE: 1,
  BODY_TOO_SLOW: 1,
  BODIES_TOO_MANY: 1,
  UNKNOWN_ORGANISATION: 1,
  DISPUTED_ORGANISATION: 1,
  REQUEST_INVALID: 1,
  CALL_OF_ANOTHER_ORGANISATION: 1,
  DATABASE_UNAVAILABLE: 1,
  HOOK_FAILED: 1,
  OTHERWISE_FAILED: 1,
  NO_ANSWER: 1,
  DEMO_CLAIM: 1,
  INTERRUPTED: 130,
} as const;

/** Why a command could not do its job. Findings (a failed check, an open audit) are data in a report, never errors. */
export type ErrorCode = keyof typeof exitCodes;

/** How far a run of several migrations came before it failed, by their names. */
export interface RunDetails {
  /** Those that this run applied, or in a rollback took back. */
  readonly applied: readonly string[];
  /** Null: the failure came after the last one. */
  readonly failed: string | null;
  readonly notRun: readonly string[];
}

/** A contact that a run cannot work with. */
export interface ContactProblem {
  readonly id: string;
  readonly reason: string;
}

interface SsotErrorOptions {
  readonly hint?: string | undefined;
  readonly cause?: unknown;
  readonly details?: RunDetails | undefined;
  readonly contacts?: readonly ContactProblem[] | undefined;
}

/** Lines of a list for the end of a message, each on a line of its own whatever it names. */
export function listLines(lines: readonly string[]): string {
  return lines.map((line) => `\n  - ${visible(line)}`).join("");
}

/**
 * Names of others stand in messages, and messages go to logs, terminals and hosts: here all of them are made visible. Line
 * ends stay before the lines of a list, and where the embedded server is cited.
 */
function visibleMessage(code: ErrorCode, message: string): string {
  return code === "EMBEDDED"
    ? visibleLines(message)
    : message
        .split(/\n(?= {2}- )/)
        .map(visible)
        .join("\n");
}

export class SsotError extends Error {
  override readonly name = "SsotError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: RunDetails | undefined;
  readonly contacts: readonly ContactProblem[] | undefined;

  constructor(code: ErrorCode, message: string, options: SsotErrorOptions = {}) {
    super(visibleMessage(code, message), options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint === undefined ? undefined : visible(options.hint);
    this.details = options.details;
    this.contacts = options.contacts;
  }
}

/** The process exit code of an error: that of its class, 70 for anything that is not a SsotError (a bug). */
export function exitCodeOf(error: unknown): number {
  return error instanceof SsotError ? exitCodes[error.code] : 70;
}
