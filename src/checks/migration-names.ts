import { migrationNames } from "../model/mission.ts";

export { migrationNames };

/** Those of Phase 1, in order. */
export const phase1: readonly string[] = [
  migrationNames.backfill,
  migrationNames.validate,
  migrationNames.view,
  migrationNames.deprecate,
];
