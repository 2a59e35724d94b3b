import { SsotError } from "../model/errors.ts";
import type { Check, Suite } from "./define.ts";

/** Figures that can be set, by `suite.check`. */
export type Thresholds = ReadonlyMap<string, number>;

/** Throws CONFIGURATION for a name that no check has, or a value that is out of its range. */
export function refuseUnknownThresholds(thresholds: Thresholds, suites: readonly Suite[]): void {
  const known = new Map<string, Check>(
    suites.flatMap((suite) =>
      suite.checks.flatMap((check) => {
        const usual = defaultThreshold(check);
        return usual === undefined ? [] : [[`${suite.id}.${check.id}`, check] as const];
      }),
    ),
  );
  for (const [name, value] of thresholds) {
    const check = known.get(name);
    if (check === undefined) {
      throw new SsotError("CONFIGURATION", `no check has a threshold of this name: ${name}`, {
        hint: `Expected one of: ${[...known.keys()].join(", ")}`,
      });
    }
    const most = check.kind === "scan" ? 1 : Number.POSITIVE_INFINITY;
    if (!(value >= 0 && value <= most)) {
      throw new SsotError(
        "CONFIGURATION",
        `the threshold ${name} is out of range: expected a number from 0${check.kind === "scan" ? " to 1" : ""}`,
      );
    }
  }
}

/** The figure that a check goes by when nobody sets another. */
export function defaultThreshold(check: Check): number | undefined {
  if (check.kind === "scan") return check.least;
  return check.kind === "query" ? undefined : check.threshold;
}
