/** The commands as functions: options in, report out, errors as SsotError. */

export { type DoctorCheck, type DoctorReport, doctor } from "./core/doctor.ts";
export { type FinalizeReport, finalize, planFinalize } from "./core/finalize.ts";
export {
  type AppliedMigration,
  type MigrateOptions,
  type MigrateReport,
  migrate,
} from "./core/migrate.ts";
export { type PlanOptions, type PlanReport, plan } from "./core/plan.ts";
export type { MigratePlan, PlanDocument } from "./core/plan-document/document.ts";
export { type DrawUpOptions, drawUpPlan } from "./core/plan-document/draw-up.ts";
export type { Approval } from "./core/plan-document/follow.ts";
export { readPlanText } from "./core/plan-document/seal.ts";
export type { PlannedMigration, PlannedStep } from "./core/planned-work.ts";
export type { Progress } from "./core/progress.ts";
export type { HeldMigration } from "./core/read-held.ts";
export type { RehearseOptions } from "./core/rehearse/options.ts";
export { rehearse } from "./core/rehearse/rehearse.ts";
export type { RehearseReport } from "./core/rehearse/report.ts";
export { type RollbackOptions, type RollbackReport, type RolledBackMigration, rollback } from "./core/rollback.ts";
export { type DeprecatedColumn, type MigrationStatus, type StatusReport, status } from "./core/status.ts";
export { exitCodeOfReport, type VerifyOptions, type VerifyReport, verify } from "./core/verify.ts";
export { resolveTarget, type Target } from "./db/target.ts";
export { migrationsDirectory } from "./migrations/packs.ts";
export { type ErrorCode, exitCodeOf, SsotError } from "./model/errors.ts";
export type { EffectName, Effects } from "./model/migration.ts";
