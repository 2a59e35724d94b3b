import { z } from "zod";
import { sqlStateOf } from "../db/connection-error.ts";
import { SsotError } from "../model/errors.ts";
import type { AnswerRow } from "./ask.ts";
import { CheckError } from "./check-error.ts";
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
  if (error instanceof CheckError || error instanceof SsotError) return error.message;
  if (state === undefined) return `an error of its own code (${error instanceof Error ? error.name : typeof error})`;
  if (state === "57014") return "it took longer than one check may take";
  if (state === "55P03") return "a lock on the table could not be had within a second";
  // Messages of these classes name objects. Any other may quote a value, or be somebody's own words.
  const named = /^(08|25|40|42|53|54|55|57|58)/.test(state) && error instanceof Error;
  return named ? `${error.message} (SQLSTATE ${state})` : `PostgreSQL refused something (SQLSTATE ${state})`;
}
