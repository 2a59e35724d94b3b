import type { CodeOptions } from "../others-code.ts";
import type { WorkOptions } from "../planned-work.ts";
import type { RollbackReach } from "../select-rollback.ts";
import type { MigratePlan, RollbackPlan } from "./document.ts";

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

/** The same of `rollback`. Pure. */
export function rollbackOptionsOf({
  options,
}: RollbackPlan): RollbackReach & Pick<CodeOptions, "userTriggers" | "trustRoles"> & { readonly schemaOnly: boolean } {
  const { to, all, only, schemaOnly, userTriggers, trustRoles } = options;
  return { to: to ?? undefined, all, only: only ?? undefined, schemaOnly, userTriggers, trustRoles };
}
