/** What a fleet runs, a target at a time. */
export const fleetCommands = [
  "migrate",
  "verify",
  "audit deprecated",
  "audit record",
  "rollback",
  "status",
  "doctor",
  "rehearse",
] as const;

export type FleetCommand = (typeof fleetCommands)[number];

/** How a target ended; in the order in which they are counted. */
const fleetStates = [
  "done",
  /** One look showed that nothing is left to do. */
  "nothing-to-do",
  /** Its database is another target's, which was run. */
  "same",
  "finding",
  /** The command refused its options or files. */
  "refused",
  /** It could not run: unreachable, no privilege, too old. */
  "unable",
  "failed",
  /** Somebody else's run or lock was in the way, at the end once more. */
  "locked",
  /** A gate is closed, or a plan differs: nothing was changed. */
  "held",
  "bug",
  "interrupted",
  "not-begun",
] as const;

export type FleetState = (typeof fleetStates)[number];

/** What one target came to. */
export interface TargetOutcome {
  readonly name: string;
  /** `host:port/database`. */
  readonly target: string;
  readonly state: FleetState;
  /** The command's exit code; null where it was not run. */
  readonly exit: number | null;
  /** The command's own JSON document, or `{"error": …}`; null where there is none. */
  readonly report: unknown;
  /** The target whose database it is. */
  readonly sameAs?: string;
  /** How often the command was run; more than once where somebody else was in the way. */
  readonly attempts: number;
  readonly durationMs: number;
  /** It had to be green before the others began; `verify` is what proved it. */
  readonly canary?: { readonly verify: { readonly exit: number; readonly report: unknown } | null };
}

export interface FleetReport {
  readonly command: "fleet";
  readonly of: FleetCommand;
  /** The exit code: the worst of the targets'. */
  readonly exit: number;
  readonly targets: readonly TargetOutcome[];
  readonly counts: Readonly<Record<FleetState, number>> & { readonly targets: number };
  /** Why targets were not begun; null: all were. */
  readonly stopped: "canary" | "stop-after" | "interrupt" | null;
  readonly durationMs: number;
}

const states: Readonly<Record<number, FleetState>> = {
  0: "done",
  1: "finding",
  2: "refused",
  3: "unable",
  4: "failed",
  5: "locked",
  6: "held",
  130: "interrupted",
};

/** How a target ended whose command gave this exit code. */
export function stateOf(exit: number): FleetState {
  return states[exit] ?? "bug";
}

/** Exit codes, the worst first. */
const order = [70, 130, 4, 3, 2, 6, 5, 1, 0];

/** The worst of exit codes; one that no command has counts as a bug. */
export function worstOf(exits: readonly number[]): number {
  const known = new Set(exits.map((exit) => (order.includes(exit) ? exit : 70)));
  return order.find((exit) => known.has(exit)) ?? 0;
}

/** Whether the next target would most likely end so as well: not where somebody was in the way, nobody answered, or a gate is closed. */
export function willRepeat(exit: number): boolean {
  return ![0, 3, 5, 6, 130].includes(exit);
}

export function countStates(targets: readonly TargetOutcome[]): FleetReport["counts"] {
  const counts = Object.fromEntries(fleetStates.map((state) => [state, 0])) as Record<FleetState, number>;
  for (const { state } of targets) counts[state] += 1;
  return { targets: targets.length, ...counts };
}
