import type { Target } from "../../db/target.ts";
import { SsotError } from "../../model/errors.ts";
import { type MigrateOptions, migrate } from "../migrate.ts";
import type { RollbackReport } from "../rollback.ts";

/** One thing that the demo says, and whether it held. */
export interface DemoClaim {
  readonly title: string;
  readonly detail: string;
  readonly held: boolean;
}

export interface DemoOptions {
  /** An empty database of the demo's own. */
  readonly target: Target;
  readonly directory: string;
  /** Hears each claim as soon as it is settled. */
  readonly onClaim?: ((claim: DemoClaim) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The claims that are settled so far. */
export interface Story {
  readonly claims: readonly DemoClaim[];
  readonly claim: (title: string, held: boolean, detail: string) => void;
}

/** A story without a claim yet. */
export function beginStory({ onClaim }: DemoOptions): Story {
  const claims: DemoClaim[] = [];
  return {
    claims,
    claim: (title, held, detail) => {
      const settled = { title, held, detail };
      claims.push(settled);
      onClaim?.(settled);
    },
  };
}

/** What the demo migrates with. */
export function runOptions({ target, directory, signal }: DemoOptions): Omit<MigrateOptions, "plan"> {
  return {
    target,
    directory,
    signal,
    waitSeconds: 10,
    lockTimeoutMs: 1000,
    lockTries: 10,
    progress: {},
    onUnfixablePhone: "abort",
    userTriggers: "refuse",
    phase3: false,
    verify: true,
  };
}

/** What the gate says against the drop; undefined: it was let through. */
export async function dropRefused(options: DemoOptions): Promise<string | undefined> {
  try {
    await migrate({ ...runOptions(options), phase3: true });
    return undefined;
  } catch (error) {
    if (error instanceof SsotError && error.code === "GATE") return error.message;
    throw error;
  }
}

/** How many values a taken back drop has brought back, and whether any stayed away. */
export function describeRestored({ rolledBack: [drop] }: RollbackReport): string {
  const kept = drop?.kept.valuesArchived ?? 0;
  const gone = drop?.unrestorable.valuesArchived ?? 0;
  const others = kept + gone === 0 ? ", row by row as they were" : `, ${kept} kept, ${gone} gone`;
  return `${drop?.restored.valuesArchived ?? 0} values restored${others}`;
}

/** A share as the demo says it. */
export function percent(part: number, whole: number): string {
  return `${((100 * part) / whole).toFixed(1)} %`;
}
