import { sqlStateOf } from "../db/connection-error.ts";
import { type ErrorCode, SsotError } from "../model/errors.ts";
import type { Direction, Step } from "../model/migration.ts";
import { isLockProblem } from "./retry-locked.ts";

// SQLSTATEs that our own SQL raises, and what they mean.
const ours: Readonly<Record<string, ErrorCode>> = {
  SS001: "UNFIXABLE_PHONE",
  SS002: "MERGE_CONFLICT",
  SS003: "GATE",
  SS004: "ENGINE_NEWER",
};

/**
 * The error of a step: what happened, what state was left, what to run next. The server's DETAIL is left out: it holds
 * values of rows.
 */
export function stepError(failed: {
  readonly migration: string;
  readonly direction: Direction;
  readonly step: Step;
  /** Steps of this migration that are done. */
  readonly done: number;
  readonly blockers: readonly string[];
  readonly interrupted: boolean;
  readonly error: unknown;
}): SsotError {
  const { step, error, direction } = failed;
  const where = `${failed.migration}, step ${step.name}`;
  const kept =
    step.mode === "transaction"
      ? "nothing of this step was kept"
      : "what this step committed so far is kept and journaled";
  const state = `${failed.done} ${failed.done === 1 ? "step" : "steps"} before it ${failed.done === 1 ? "is" : "are"} done, ${kept}`;
  const again = `To go on: ssot ${direction}${direction === "migrate" ? "; to take it back: ssot rollback" : ""}`;
  const sqlState = sqlStateOf(error);
  if (failed.interrupted) {
    return new SsotError("INTERRUPTED", `interrupted in ${where}: ${state}`, { cause: error, hint: again });
  }
  if (isLockProblem(error)) {
    const who = failed.blockers.length === 0 ? "" : `, blocked by ${failed.blockers.join("; ")}`;
    return new SsotError("LOCK_TIMEOUT", `no lock could be had in ${where}${who}: ${state}`, {
      cause: error,
      hint: `Safe to retry. ${autovacuumHint(failed.blockers)}${again}`,
    });
  }
  if (error instanceof SsotError) {
    return new SsotError(error.code, `${error.message} (in ${where}: ${state})`, {
      cause: error,
      hint: error.hint ?? again,
    });
  }
  const message = error instanceof Error ? error.message : String(error);
  const code = ours[sqlState ?? ""] ?? (direction === "migrate" ? "MIGRATION_FAILED" : "ROLLBACK_FAILED");
  const said =
    sqlState === undefined || sqlState in ours ? message : `${message}${dependents(error)} (SQLSTATE ${sqlState})`;
  return new SsotError(code, `${where}: ${said}; ${state}`, { cause: error, hint: hintOf(error, again) });
}

function autovacuumHint(blockers: readonly string[]): string {
  return blockers.some((line) => line.includes("autovacuum"))
    ? "An autovacuum gives way to a wait longer than the server's deadlock_timeout: --lock-timeout 1100. One against wraparound never does: let it end. "
    : "";
}

// Of a drop that others depend on, the DETAIL holds names of objects only.
function dependents(error: unknown): string {
  if (sqlStateOf(error) !== "2BP01") return "";
  return error instanceof Error && "detail" in error ? `: ${String(error.detail).replaceAll("\n", "; ")}` : "";
}

function hintOf(error: unknown, again: string): string {
  const serverHint =
    error instanceof Error && "hint" in error && typeof error.hint === "string" ? `${error.hint} ` : "";
  return `${serverHint}${again}`;
}
