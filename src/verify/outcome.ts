import { z } from "zod";
import { sqlStateOf } from "../db/connection-error.ts";
import type { AnswerRow } from "./ask.ts";
import type { CheckStatus } from "./judge.ts";

/** How one check ended. */
export interface CheckResult {
  readonly id: string;
  readonly title: string;
  readonly status: CheckStatus;
  readonly expected: string;
  readonly actual: string;
  /** How much was looked at. */
  readonly population: number;
  /** At most 20; text that may be of a person is blanked unless it was asked for. */
  readonly rows: readonly AnswerRow[];
  /** What to do; null where there is nothing to do. */
  readonly hint: string | null;
  readonly durationMs: number;
}

export interface SuiteResult {
  readonly id: string;
  readonly title: string;
  readonly checks: readonly CheckResult[];
}

/** Why a check could not run, in words that hold no value of a row. */
export function describeFailure(error: unknown): string {
  const state = sqlStateOf(error);
  if (error instanceof z.ZodError) {
    const where = error.issues.map(({ path, code }) => `${path.join(".")} (${code})`).join(", ");
    return `the answer has another shape than the check expects: ${where}`;
  }
  if (state === undefined) return error instanceof Error ? error.message : String(error);
  if (state === "57014") return "it took longer than one check may take";
  if (state === "55P03") return "a lock on the table could not be had within a second";
  // Errors about values, and those that somebody's code raises, quote them.
  if (/^(22|23|44|P0)/.test(state)) return `PostgreSQL refused a value (SQLSTATE ${state})`;
  return `${error instanceof Error ? error.message : String(error)} (SQLSTATE ${state})`;
}
