import type { CodeOptions } from "../others-code.ts";
import type { WorkOptions } from "../planned-work.ts";
import type { MigratePlan } from "./document.ts";

/** The options of `migrate` that were approved with a plan: they take the place of what a command line says. Pure. */
export function optionsOf({ options }: MigratePlan): WorkOptions & Pick<CodeOptions, "userTriggers" | "trustRoles"> {
  return {
    to: options.to ?? undefined,
    phase3: options.phase3,
    drops: options.only ?? undefined,
    optional: options.with,
    force: options.force ?? undefined,
    onUnfixablePhone: options.onUnfixablePhone,
    replaceView: options.replaceView,
    asks: { reads: options.reads, allow: options.allow },
    userTriggers: options.userTriggers,
    trustRoles: options.trustRoles,
  };
}
