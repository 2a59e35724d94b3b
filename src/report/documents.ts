import type { AuditReport } from "../core/audit/audit-deprecated.ts";
import type { PruneReport } from "../core/audit/prune-audit.ts";
import type { RebaselineReport } from "../core/audit/rebaseline.ts";
import type { RecordReport } from "../core/audit/record-readers.ts";
import type { SourceReport } from "../core/audit/source/scan-source.ts";
import type { AnyColumnReport } from "../core/demo/run-any-column.ts";
import type { DemoReport } from "../core/demo/run-demo.ts";
import type { DeprecateReport } from "../core/deprecate/deprecate.ts";
import type { DoctorReport } from "../core/doctor.ts";
import type { ExportReport } from "../core/export.ts";
import type { FinalizeReport } from "../core/finalize.ts";
import type { FleetReport } from "../core/fleet/report.ts";
import type { MigrateReport } from "../core/migrate.ts";
import type { PlanReport } from "../core/plan.ts";
import type { RehearseReport } from "../core/rehearse/report.ts";
import type { RollbackReport } from "../core/rollback.ts";
import type { StatusReport } from "../core/status.ts";
import type { VerifyReport } from "../core/verify.ts";
import type { RunView } from "../core/watch/run-view.ts";
import type { ContactProblem, ErrorCode, RunDetails } from "../model/errors.ts";
import type { Evidence } from "../model/evidence.ts";
import type { ServingReport } from "./render-serving.ts";
import type { SuiteListing } from "./render-suite-list.ts";

/*
 * What `--json` prints, a type a document. The JSON schemas of the package are made of these types and of those that they stand
 * on, comments included: `node scripts/json-schemas.mjs`.
 */

type Attested<Report extends object> = Report & Omit<Evidence, keyof Report>;

export type AuditDeprecatedDocument = Attested<AuditReport>;
export type AuditPruneDocument = Attested<PruneReport>;
export type AuditRebaselineDocument = Attested<RebaselineReport>;
export type AuditRecordDocument = Attested<RecordReport>;
export type AuditSourceDocument = Attested<{ readonly command: "audit"; readonly source: SourceReport }>;
export type DemoDocument = Attested<DemoReport> | Attested<AnyColumnReport> | Attested<ServingReport>;
export type DeprecateDocument = Attested<DeprecateReport>;
export type DoctorDocument = Attested<DoctorReport>;
export type ExportDocument = Attested<ExportReport>;
export type FleetDocument = Attested<FleetReport>;
export type FinalizeDocument = Attested<FinalizeReport>;
export type MigrateDocument = Attested<MigrateReport> | Attested<PlanReport>;
export type RehearseDocument = Attested<RehearseReport>;
export type RollbackDocument = Attested<RollbackReport>;
export type StatusDocument = Attested<StatusReport> | Attested<RunView>;
/** `verify`, or `verify --list`. */
export type VerifyDocument = Attested<VerifyReport> | Attested<SuiteListing & { readonly command: "verify" }>;

/** What every command prints instead, where it could not do its job; the exit code is another one than 0 and 1. */
export type ErrorDocument = Evidence & {
  readonly error: {
    readonly code: ErrorCode | "BUG";
    readonly message: string;
    /** What to do; null where there is nothing to do. */
    readonly hint: string | null;
    /** How far a run of several migrations came. Absent: none was under way. */
    readonly run?: RunDetails;
    /** All contacts that are in the way, where contacts are. */
    readonly contacts?: readonly ContactProblem[];
  };
};
