import { sqlStateOf } from "../db/connection-error.ts";
import { nothingToLookAt } from "../model/nothing-to-look-at.ts";
import { CheckError } from "./check-error.ts";
import type { Check, Finding } from "./define.ts";
import { heldShare } from "./judge.ts";

/** What is expected where a check says nothing else. */
const usualExpectation = "none breaks it";

/** Throws where a figure is none: it would compare as held. */
export function wellFormed(finding: Finding): Finding {
  const { population, broken } = finding;
  if (Number.isFinite(population) && Number.isFinite(broken)) return finding;
  throw new CheckError("what it found is not counted in numbers");
}

/** The column, as `table.column`, that must have a value and got none; undefined where an error says something else. */
export function requiredColumn(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("column_name" in error) || sqlStateOf(error) !== "23502") return undefined;
  const table = "table_name" in error ? `${error.table_name}.` : "";
  return `${table}${error.column_name}`;
}

/** Nothing was found out, and why. */
export function skipped(reason: string): Finding {
  return { population: 0, broken: 0, skip: reason };
}

/** What a check expects, in words. */
export function expectation(check: Check, threshold: number): string {
  if (check.expected !== undefined) return check.expected;
  if (check.kind === "scan" && threshold < 1) return `at least ${percent(threshold)} of them`;
  return usualExpectation;
}

/** What a count came to, in words. */
export function describeCount(population: number, broken: number, threshold: number): string {
  if (population === 0 && broken === 0) return nothingToLookAt;
  if (threshold < 1) {
    return `${percent(heldShare(population, broken))} (${(population - broken).toLocaleString("en-US")} of ${population.toLocaleString("en-US")})`;
  }
  if (broken === 0) return `${population.toLocaleString("en-US")} looked at, none breaks it`;
  return `${broken.toLocaleString("en-US")} of ${population.toLocaleString("en-US")} break it`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
