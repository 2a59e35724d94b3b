import type { Finding, Severity } from "./define.ts";

export type CheckStatus = "pass" | "fail" | "warn" | "skip" | "error";

/** What a finding means. A look at nothing is never a pass, and no accusation either. */
export function judge(
  { population, broken, skip }: Pick<Finding, "population" | "broken" | "skip">,
  severity: Severity,
  least = 1,
): Extract<CheckStatus, "pass" | "fail" | "warn" | "skip"> {
  if (skip !== undefined) return "skip";
  if (broken > 0 && heldShare(population, broken) < least) return severity;
  return population === 0 ? "skip" : "pass";
}

/** The share of the population that holds; rows that break a claim about nothing leave none. */
export function heldShare(population: number, broken: number): number {
  return population === 0 ? 0 : Math.max(0, population - broken) / population;
}
