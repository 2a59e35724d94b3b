import { exitCodeOf, type SsotError } from "../../model/errors.ts";
import { type Member, placeOf } from "./member.ts";
import { stateOf, type TargetOutcome } from "./report.ts";
import type { Surveyed } from "./survey.ts";

/** How a command ended on a target. */
export interface Ended {
  readonly exit: number;
  /** The document that it wrote; null: none. */
  readonly report: unknown;
}

/** What came of running it. */
export function outcomeOfRun(
  member: Member,
  { exit, report }: Ended,
  { attempts, durationMs }: Pick<TargetOutcome, "attempts" | "durationMs">,
): TargetOutcome {
  return { ...headOf(member), state: stateOf(exit), exit, report, attempts, durationMs };
}

/** What one look decides; undefined: the target is to be run. */
export function outcomeOfLook(member: Member, surveyed: Surveyed): TargetOutcome | undefined {
  const head = { ...headOf(member), report: null, attempts: 0, durationMs: 0 };
  if (surveyed.is === "work") return undefined;
  if (surveyed.is === "done") return { ...head, state: "nothing-to-do", exit: 0 };
  if (surveyed.is === "same") return { ...head, state: "same", exit: null, sameAs: surveyed.as.name };
  const exit = exitCodeOf(surveyed.error);
  return { ...head, state: stateOf(exit), exit, report: reportOf(surveyed.error) };
}

/** A target that was left alone because the fleet stopped before it. */
export function notBegun(member: Member): TargetOutcome {
  return { ...headOf(member), state: "not-begun", exit: null, report: null, attempts: 0, durationMs: 0 };
}

// In the form in which a command writes its own.
function reportOf({ code, message, hint }: SsotError): unknown {
  return { error: { code, message, hint: hint ?? null } };
}

function headOf({ name, target }: Member): Pick<TargetOutcome, "name" | "target"> {
  return { name, target: placeOf(target) };
}
