import type { TableState } from "../../db/queries/rehearsal/measures.ts";
import { estimateMs, type TablePair } from "./estimate.ts";
import type { Findings, MeasuredRun } from "./findings.ts";
import { blockedBy, modeNamed, nameOfMode } from "./lock-modes.ts";
import { type LockHold, unseenMs } from "./lock-watch.ts";
import type { RehearsedRun, RehearsedStep, RehearseReport, TableGrowth } from "./report.ts";
import type { Stamp } from "./stamps.ts";
import type { StepFigures } from "./step-meter.ts";

/** A step with every lock that it held. */
interface DetailedStep extends RehearsedStep {
  readonly holds: readonly LockHold[];
}

export interface Described
  extends Pick<RehearseReport, "differences" | "compared" | "notCompared" | "stamped" | "growth"> {
  readonly runs: readonly RehearsedRun[];
  readonly steps: readonly DetailedStep[];
}

/** What was found, as it is reported; `target` are the sizes there, undefined where nobody knows them. Pure. */
export function describeFindings(findings: Findings, target: readonly TableState[] | undefined): Described {
  const pairs = target === undefined ? undefined : pairTables(findings.before, target);
  const detailed = findings.runs.map((run) => ({
    run,
    steps: run.steps.map((step) => describeStep(run, step, pairs)),
  }));
  return {
    steps: detailed.flatMap(({ steps }) => steps),
    runs: detailed.map(({ run, steps }) => ({
      name: run.name,
      durationMs: run.durationMs,
      estimateMs: pairs === undefined ? null : estimateRun(run, steps),
      walBytes: steps.reduce((sum, { walBytes }) => sum + walBytes, 0),
      effects: run.effects,
    })),
    growth: describeGrowth(findings),
    compared: findings.comparisons.map(({ stage, tables, rows, differences }) => ({
      stage,
      tables,
      rows,
      equal: differences.length === 0,
    })),
    differences: findings.comparisons.flatMap(({ stage, differences }) =>
      differences.map((difference) => ({ stage, ...difference })),
    ),
    stamped: uniqueStamps(findings.comparisons.flatMap(({ stamped }) => stamped)),
    notCompared: [...new Set(findings.comparisons.flatMap(({ notCompared }) => notCompared))].toSorted(),
  };
}

function uniqueStamps(stamps: readonly Stamp[]): readonly Stamp[] {
  return [...new Map(stamps.map((stamp) => [`${stamp.table} ${stamp.column}`, stamp])).values()];
}

function describeStep(run: MeasuredRun, figures: StepFigures, pairs: Pairs | undefined): DetailedStep {
  const { step, migration, durationMs } = figures;
  const locks = figures.locks.length > 0 ? figures.locks : declaredBy(figures);
  const [strongest] = locks;
  const effects = run.effects[migration] ?? {};
  const [counted] = step.rows;
  const readsRows = step.mode !== "transaction" || durationMs > catalogOnlyMs;
  const known = locks.flatMap(({ table }) => pairs?.get(table) ?? []);
  return {
    run: run.name,
    migration,
    name: step.name,
    lock: strongest === undefined ? null : nameOfMode(strongest.mode),
    table: strongest?.table || null,
    heldMs: strongest === undefined ? null : Math.ceil(strongest.heldMs),
    blocks: strongest === undefined ? "nothing" : blockedBy(strongest.mode),
    durationMs: Math.round(durationMs),
    estimateMs:
      pairs === undefined
        ? null
        : estimateMs(durationMs, known.length > 0 ? known : [...pairs.values()], { readsRows }),
    rows: counted === undefined ? null : (effects[counted] ?? null),
    walBytes: figures.walBytes,
    walShared: figures.walShared,
    tempBytes: figures.tempBytes,
    rewrites: figures.rewrites,
    holds: locks,
  };
}

// Held between two looks: then the file has to be believed, and all that is known of the time is that no look fell into it.
function declaredBy({ step, durationMs }: StepFigures): readonly LockHold[] {
  const mode = modeNamed(step.lock);
  return mode === undefined ? [] : [{ table: "", mode, heldMs: Math.min(durationMs, unseenMs) }];
}

// A change of the catalog alone takes less.
const catalogOnlyMs = 50;

// What lies between the steps, such as the checks afterwards, takes as long anywhere.
function estimateRun({ durationMs }: MeasuredRun, steps: readonly DetailedStep[]): number {
  return Math.round(steps.reduce((sum, step) => sum + (step.estimateMs ?? 0) - step.durationMs, durationMs));
}

type Pairs = ReadonlyMap<string, TablePair>;

function pairTables(copy: readonly TableState[], target: readonly TableState[]): Pairs {
  const sizeOf = ({ rows, tableBytes }: TableState): TablePair["copy"] => ({ rows, bytes: tableBytes });
  const there = new Map(target.map((state) => [state.table, sizeOf(state)]));
  return new Map(
    copy.flatMap((state): readonly (readonly [string, TablePair])[] => {
      const other = there.get(state.table);
      return other === undefined ? [] : [[state.table, { copy: sizeOf(state), target: other }]];
    }),
  );
}

function describeGrowth({ before, after }: Findings): readonly TableGrowth[] {
  const was = new Map(before.map((state) => [state.table, state]));
  return after.flatMap((now): readonly TableGrowth[] => {
    const old = was.get(now.table);
    if (old === undefined) return [];
    const isSame =
      old.tableBytes === now.tableBytes && old.indexBytes === now.indexBytes && now.deadRows <= old.deadRows;
    if (isSame) return [];
    return [
      {
        table: now.table,
        tableBytes: now.tableBytes,
        indexBytes: now.indexBytes,
        tableBytesBefore: old.tableBytes,
        indexBytesBefore: old.indexBytes,
        deadRows: now.deadRows,
      },
    ];
  });
}
