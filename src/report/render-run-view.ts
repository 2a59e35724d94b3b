import type { RunAtWork, RunView } from "../core/watch/run-view.ts";
import { formatCount, formatDuration, formatMoment } from "./format.ts";
import type { Style } from "./style.ts";

/** Where a run stands, in lines that none is wider than the terminal. */
export function renderRunView({ run }: RunView, style: Style): readonly string[] {
  if (run === null) return ["No run is at work."];
  const lines = partsOf(run).map((part) => (part.length < style.width ? part : `${part.slice(0, style.width - 2)}…`));
  return lines.map((line, place) => (place === lines.length - 1 && isHindered(run) ? style.look(line) : line));
}

/** The same as one line of a log. */
export function renderRunLine({ run }: RunView): string {
  return run === null ? "No run is at work." : partsOf(run).join(" · ");
}

function isHindered({ pace }: RunAtWork): boolean {
  return pace.state === "slowed" || pace.state === "paused";
}

function partsOf(run: RunAtWork): readonly string[] {
  const since = run.since === null ? "" : `, connected since ${formatMoment(run.since)}`;
  const verb = run.direction === null ? "a run" : `ssot ${run.direction}`;
  return [`${verb}: pid ${run.pid}${since}`, ...describeStep(run), ...describeRows(run), ...describePace(run)];
}

function describeStep({ migration, step, steps }: RunAtWork): readonly string[] {
  if (migration === null) return [];
  if (step === null || steps === null) return [migration];
  return [`${migration}: ${step.replaceAll("_", " ")}, step ${steps.done + 1} of ${steps.of}`];
}

function describeRows({ rows }: RunAtWork): readonly string[] {
  if (rows === null) return [];
  const share = Math.floor((rows.done / Math.max(1, rows.total)) * 100);
  const rate = rows.rate === null ? [] : [`${formatCount(rows.rate)}/s`];
  const left =
    rows.leftMs === null ? [] : [`${formatDuration(Math.max(1000, Math.round(rows.leftMs / 1000) * 1000))} left`];
  return [
    [`${rows.what}: ${share} %`, `${formatCount(rows.done)} of ${formatCount(rows.total)}`, ...rate, ...left].join(
      ", ",
    ),
  ];
}

function describePace({ pace: { mode, state, reason } }: RunAtWork): readonly string[] {
  if (state === null) return [];
  return [`pace ${mode ?? "of nobody"}: ${state}${reason === null ? "" : `, ${reason}`}`];
}
