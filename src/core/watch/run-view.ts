import type { RunRow } from "../../db/queries/run-view.ts";
import type { Migration } from "../../model/migration.ts";

/** Where a run of another session stands. */
export interface RunView {
  readonly command: "status";
  /** By the clock of whoever looks. */
  readonly at: Date;
  /** Null: no run is at work. */
  readonly run: RunAtWork | null;
}

export interface RunAtWork {
  readonly pid: number;
  readonly since: Date | null;
  /** Null between two migrations, and while late calls are linked. */
  readonly migration: string | null;
  readonly direction: "migrate" | "rollback" | null;
  readonly step: string | null;
  /** Steps that are done, of how many. */
  readonly steps: { readonly done: number; readonly of: number } | null;
  readonly rows: RowsView | null;
  readonly pace: {
    readonly mode: string | null;
    /** paused also where the flag alone holds a run that nobody looks after. */
    readonly state: string | null;
    readonly reason: string | null;
  };
}

interface RowsView {
  readonly what: string;
  readonly done: number;
  readonly total: number;
  /** Rows a second: lately, else since the step began to tell; null while nobody can tell, or it waits. */
  readonly rate: number | null;
  readonly leftMs: number | null;
}

/** How far the rows were at a moment, in ms. */
export interface Mark {
  readonly at: number;
  readonly what: string;
  readonly done: number;
}

// Shorter, and one batch decides; longer, and a pause is told as slowness long after it.
const latelyMs = 15_000;

/** What a row of the server says, with the files of the story beside it, and the marks of earlier looks. Pure. */
export function viewRun(row: RunRow, migrations: readonly Migration[], marks: readonly Mark[], now: number): RunAtWork {
  const migration = migrations.find(({ name }) => name === row.migration);
  const all = row.direction === "rollback" ? migration?.down : migration?.up;
  const step = all?.find(({ name }) => !row.steps.includes(name))?.name ?? null;
  const held = row.paused && row.state !== "paused";
  return {
    pid: row.pid,
    since: row.since,
    migration: row.migration,
    direction: row.direction,
    step,
    steps:
      all === undefined ? null : { done: all.filter(({ name }) => row.steps.includes(name)).length, of: all.length },
    rows: viewRows(row, marks, { at: now, waits: held || row.state === "paused" }),
    pace: {
      mode: row.mode,
      state: held ? "paused" : row.state,
      reason: held ? "by the flag in ssot.pace" : row.reason,
    },
  };
}

function viewRows(
  { what, done, total, first, tellingMs }: RunRow,
  marks: readonly Mark[],
  now: { readonly at: number; readonly waits: boolean },
): RowsView | null {
  // Of a step that is over nothing is told any more.
  if (what === null || done === null || total === null || done >= total) return null;
  const from = marks.find((mark) => mark.what === what && mark.done < done && mark.at >= now.at - latelyMs);
  const since = from === undefined ? (tellingMs ?? 0) : now.at - from.at;
  const rows = done - (from?.done ?? first ?? done);
  // Nobody can tell how long a wait takes.
  const rate = since > 0 && rows > 0 && !now.waits ? (rows / since) * 1000 : null;
  return { what, done, total, rate, leftMs: rate === null ? null : Math.round(((total - done) / rate) * 1000) };
}
