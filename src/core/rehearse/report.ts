import type { Stage } from "../../db/queries/rehearsal/original.ts";
import type { Place } from "../../model/evidence.ts";
import type { Effects } from "../../model/migration.ts";
import type { VerifyReport } from "../verify.ts";
import type { Difference } from "./compare.ts";
import type { Stamp } from "./stamps.ts";

export type RunName = "migrate" | "rollback" | "migrate again" | "drop" | "rollback of the drop";

/** One step of one run, as the copy saw it. */
export interface RehearsedStep {
  readonly run: RunName;
  readonly migration: string;
  readonly name: string;
  /** The strongest lock of a table or view that is not the run's own, as SQL writes it; null: none beyond reading. */
  readonly lock: string | null;
  /** The table of that lock; null also where the lock was too short to be seen, and is what the file says. */
  readonly table: string | null;
  /** The longest that it can have been held by one transaction, in ms; null where there is none. */
  readonly heldMs: number | null;
  /** What waits while it is held. */
  readonly blocks: string;
  readonly durationMs: number;
  /** Expected on the target, by how many rows that has; null where its size is not known. */
  readonly estimateMs: number | null;
  /** Rows of yours that it changed; null where it changes none. */
  readonly rows: number | null;
  /** What the server wrote meanwhile; with `walShared`, others wrote as well. */
  readonly walBytes: number;
  readonly walShared: boolean;
  readonly tempBytes: number;
  /** Tables that were written anew. */
  readonly rewrites: readonly string[];
}

/** One command of the rehearsal. */
export interface RehearsedRun {
  readonly name: RunName;
  readonly durationMs: number;
  readonly estimateMs: number | null;
  readonly walBytes: number;
  /** By migration; of a rollback none. */
  readonly effects: Readonly<Record<string, Effects>>;
}

/** What a table came to by the first run. */
export interface TableGrowth {
  readonly table: string;
  readonly tableBytes: number;
  readonly indexBytes: number;
  readonly tableBytesBefore: number;
  readonly indexBytesBefore: number;
  /** Dead rows that it left, as the statistics know them. */
  readonly deadRows: number;
}

/** A way back, and what differs after it. */
interface ComparedStage {
  readonly stage: Stage;
  /** How many tables were read, and their rows. */
  readonly tables: number;
  readonly rows: number;
  readonly equal: boolean;
}

export interface StagedDifference extends Difference {
  readonly stage: Stage;
}

/** Latencies in ms, from when each request was due. */
export interface LoadFigures {
  readonly run: RunName;
  readonly kind: "write" | "update" | "read";
  readonly requests: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Requests that the database refused. */
  readonly failed: number;
}

export interface LoadReport {
  /** Requests a second that were asked for. */
  readonly rate: number;
  readonly figures: readonly LoadFigures[];
  readonly acknowledged: number;
  /** Acknowledged writes that were not found again. */
  readonly lost: number;
  /** Requests that the database refused, of all runs. */
  readonly failed: number;
  /** What those were told: SQLSTATEs, or codes of the libraries. */
  readonly codes: readonly string[];
}

/** Whether everybody who was served meanwhile got what was asked for. Pure. */
export function isServed({ lost, failed }: LoadReport): boolean {
  return lost === 0 && failed === 0;
}

export interface Limit {
  readonly name: "max-lock" | "max-duration" | "no-rewrite";
  /** As it was asked for: ms, or 0 rewrites. */
  readonly limit: number;
  readonly measured: number;
  readonly held: boolean;
  /** What measured that: steps or tables. */
  readonly by: readonly string[];
}

export interface RehearseReport {
  readonly command: "rehearse";
  /** Equal after each way back, verified, nothing lost or refused, within all limits, the drop not kept from going. */
  readonly ok: boolean;
  /** After each way back the copy was what it had been, as far as it can be read. */
  readonly equal: boolean;
  readonly differences: readonly StagedDifference[];
  readonly compared: readonly ComparedStage[];
  /** Tables whose rows nobody could compare, each with its reason. */
  readonly notCompared: readonly string[];
  /** Columns that your own triggers stamp with a time or a number at each change: not restored, and no difference. */
  readonly stamped: readonly Stamp[];
  readonly runs: readonly RehearsedRun[];
  readonly steps: readonly RehearsedStep[];
  readonly growth: readonly TableGrowth[];
  readonly limits: readonly Limit[];
  readonly verify: Pick<VerifyReport, "ok" | "counts"> & { readonly failed: readonly string[] };
  readonly load: LoadReport | null;
  /** Why the drop could not go, the wait apart; empty where it could, or was not asked for. */
  readonly held: readonly string[];
  /** Reasons of the gate that were set aside on the copy, and stand on the target. */
  readonly waived: readonly string[];
  /** What failed after a way back that did not restore everything; the rehearsal ended there. Null: it came to its end. */
  readonly stopped: string | null;
  /** An earlier rehearsal was cut off here, and was taken back first. */
  readonly wentOn: boolean;
  /** The most memory that this process had, in bytes. */
  readonly clientMemoryBytes: number;
  readonly durationMs: number;
  /**
   * When it began.
   *
   * @format date-time
   */
  readonly at: string;
  readonly tool: string;
  readonly copy: PlaceReport;
  /** What of a copy that ssot made is not as on the target, a sentence each. */
  readonly copyProblems: readonly string[];
  /** Null where none was named. */
  readonly target: PlaceReport | null;
}

/** A database, safe to print. */
export interface PlaceReport extends Place {
  readonly name: string;
  readonly server: string;
}
