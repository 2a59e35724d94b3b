import { formatCount, formatDuration } from "./format.ts";
import type { Style } from "./style.ts";

/** How far a step is. */
export interface StepProgress {
  readonly step: string;
  readonly elapsedMs: number;
  /** What slows it; undefined: nothing. */
  readonly pace?: string | undefined;
  readonly rows?: RowProgress | undefined;
}

interface RowProgress {
  readonly done: number;
  readonly total: number;
  /** Rows a second; undefined while nobody can tell. */
  readonly rate: number | undefined;
}

const widestBar = 24;
const narrowestBar = 8;

/** One line for a terminal: name, bar, rows, rate, time left. Where there is no room, the rows go first. */
export function renderProgressBar(progress: StepProgress, style: Style): string {
  const name = `  ${nameOf(progress)}`;
  // The last column stays free: some terminals wrap as soon as it is filled.
  const room = style.width - 1;
  const { rows, pace } = progress;
  if (rows === undefined) {
    const time = progress.elapsedMs < 1000 ? "" : `  ${formatSeconds(progress.elapsedMs)}`;
    return cut(`${name}${time}${pace === undefined ? "" : `  ${pace}`}`, room);
  }
  const share = shareOf(rows);
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  // Why it is slow says more than how many rows there are.
  const facts = [...factsOf(rows), ...(pace === undefined ? [] : [pace])];
  for (let from = 0; from <= facts.length; from += 1) {
    const text = `${percent}  ${facts.slice(from).join(" · ")}`.trimEnd();
    const bar = Math.min(widestBar, room - name.length - text.length - 3);
    if (bar < narrowestBar) continue;
    const full = Math.round(bar * share);
    return `${name}  ${style.good("█".repeat(full))}${style.dim("░".repeat(bar - full))} ${text}`;
  }
  return cut(`${name} ${percent.trim()}`, room);
}

/** The same for a log: one plain line. */
export function renderProgressLine(progress: StepProgress): string {
  const { rows, pace } = progress;
  const why = pace === undefined ? "" : `, ${pace}`;
  if (rows === undefined) return `    ${nameOf(progress)}: ${formatSeconds(progress.elapsedMs)} so far${why}`;
  return `    ${nameOf(progress)}: ${Math.floor(shareOf(rows) * 100)} %, ${factsOf(rows).join(", ")}${why}`;
}

function factsOf({ done, total, rate }: RowProgress): readonly string[] {
  const rows = `${formatCount(done)} of ${formatCount(total)}`;
  if (rate === undefined || rate <= 0 || done >= total) return [rows];
  return [rows, `${formatCount(rate)}/s`, `${formatSeconds(Math.max(1000, ((total - done) / rate) * 1000))} left`];
}

function shareOf({ done, total }: RowProgress): number {
  return total <= 0 ? 1 : Math.min(1, Math.max(0, done / total));
}

function nameOf({ step }: StepProgress): string {
  return step.replaceAll("_", " ");
}

function formatSeconds(milliseconds: number): string {
  return formatDuration(Math.round(milliseconds / 1000) * 1000);
}

function cut(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
}
