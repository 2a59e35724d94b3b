import type { TableState } from "../../db/queries/rehearsal/measures.ts";
import type { Effects } from "../../model/migration.ts";
import type { Comparison } from "./originals.ts";
import type { RehearseReport, RunName } from "./report.ts";
import type { StepFigures } from "./step-meter.ts";

/** One command that was run, and what its steps did. */
export interface MeasuredRun {
  readonly name: RunName;
  readonly durationMs: number;
  readonly effects: Readonly<Record<string, Effects>>;
  readonly steps: readonly StepFigures[];
}

/** What a rehearsal found, until a report is made of it. */
export interface Findings {
  readonly runs: MeasuredRun[];
  readonly comparisons: Comparison[];
  readonly held: string[];
  readonly waived: string[];
  verify?: RehearseReport["verify"];
  stopped: string | null;
  /** The tables before and after the first forward run. */
  before: readonly TableState[];
  after: readonly TableState[];
}
