import type { VerifyReport } from "../../core/verify.ts";
import type { ShownEvidence } from "../../model/evidence.ts";
import { countOf } from "../format.ts";

/** What a report says besides its findings. */
export interface VerifyContext {
  readonly exitCode: number;
  readonly failOn: "fail" | "warn";
  /** The reader asked for values of rows. */
  readonly showRows: boolean;
  readonly evidence: ShownEvidence;
}

/** What each status is called. */
export const statusWords = {
  pass: "held",
  warn: "to look at",
  fail: "broken",
  error: "could not run",
  skip: "skipped",
} as const;

/** The last line of every report: what came out, and whether to deploy. */
export function verdictOf({ counts, ok, complete }: VerifyReport): string {
  const asked = counts.pass + counts.warn + counts.fail + counts.error;
  const claims = countOf(asked, "claim");
  const skipped = counts.skip === 0 ? "" : ` ${countOf(counts.skip, "was", "were")} skipped.`;
  const look = `${counts.warn === 0 ? "" : ` ${countOf(counts.warn, "claim needs", "claims need")} a look.`}${skipped}`;
  if (counts.fail > 0) {
    const broken = `${counts.fail.toLocaleString("en-US")} of ${claims} ${counts.fail === 1 ? "is" : "are"} broken`;
    const unknown = counts.error === 0 ? "" : `, ${counts.error} could not be asked`;
    return `${broken}${unknown}.${look} Not safe to deploy.`;
  }
  if (counts.error > 0) return `${counts.error} of ${claims} could not be asked.${look} Not safe to deploy.`;
  if (asked === 0) return "Nothing was checked. Not safe to deploy.";
  if (!ok) return `No claim of ${asked} is broken, but${look} Not safe to deploy, as --fail-on warn asks.`;
  const holding = counts.pass === 1 ? "holds" : "hold";
  if (complete) return `${counts.pass} of ${claims} ${holding}.${look} Safe to deploy.`;
  const which =
    counts.pass === asked ? `The ${claims} asked ${holding}` : `${counts.pass} of the ${claims} asked ${holding}`;
  return `${which}.${look} Whether to deploy, the whole run says.`;
}

/** A value of a row as text. */
export function formatValue(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (value instanceof Date && !Number.isNaN(value.getTime()))
    return value.toISOString().slice(0, 19).replace("T", " ");
  if (typeof value === "number" && !Number.isInteger(value)) return value.toFixed(3);
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What came out, and beside it what was expected, where that is more than "none breaks it". */
export function describeOutcome({
  status,
  actual,
  expected,
}: Pick<VerifyReport["suites"][number]["checks"][number], "status" | "actual" | "expected">): string {
  return status === "error" || status === "skip" || expected === "none breaks it"
    ? actual
    : `${actual}; expected: ${expected}`;
}
