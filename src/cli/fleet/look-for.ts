import type { Look } from "../../core/fleet/look.ts";
import type { Invocation } from "../invocation.ts";
import { storyOf } from "../with-target.ts";
import type { FleetCall } from "./call.ts";
import type { FleetFlags } from "./fleet-options.ts";

/** Of the flags of migrate and rollback what says how far they go. */
interface ReachFlags {
  readonly dryRun?: true;
  readonly plan?: string;
  readonly to?: string;
  readonly all?: boolean;
  readonly phase?: "1" | "3";
  readonly only?: readonly string[];
  readonly with?: readonly string[];
  readonly trustRole?: readonly string[];
}

/**
 * What tells a target on which nothing is left to do; undefined where the command always has something to do: it looks, or follows a
 * plan, whose own file says what is done. Throws USAGE for names of migrations that there are not.
 */
export async function lookFor(
  invocation: Invocation,
  { again }: FleetFlags,
  { of, flags }: FleetCall,
): Promise<Look | undefined> {
  const { dryRun, plan, to, all = false, phase, only, with: optional, trustRole: trustRoles = [] }: ReachFlags = flags;
  if (dryRun || plan !== undefined || again) return undefined;
  if (of !== "migrate" && of !== "rollback") return undefined;
  const directory = await storyOf(invocation);
  const { lookForMigrate, lookForRollback } = await import("../../core/fleet/look.ts");
  return of === "migrate"
    ? lookForMigrate(directory, { to, phase3: phase === "3", drops: only, optional, trustRoles })
    : lookForRollback(directory, { to, all, trustRoles });
}
