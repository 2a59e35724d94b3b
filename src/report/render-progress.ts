import { formatCount, formatDuration } from "./format.ts";
import type { Style } from "./style.ts";

/** How far a step is. */
export interface StepProgress {
  readonly migration: string;
  readonly step: string;
  readonly elapsedMs: number;
  readonly rows?: RowProgress | undefined;
}

export interface RowProgress {
  readonly done: number;
  readonly total: number;
  /** Rows a second; undefined while nobody can tell. */
  readonly rate: number | undefined;
}

const widestBar = 24;
const narrowestBar = 8;

/** One line for a terminal: name, bar, rows, rate, time left; what does not fit is left out from the end. */
export function renderProgressBar(progress: StepProgress, style: Style): string {
  const name = `  ${shortName(progress)}`;
  // The last column stays free: some terminals wrap as soon as it is filled.
  const room = style.width - 1;
  const { rows } = progress;
  if (rows === undefined) {
    const line = progress.elapsedMs < 1000 ? name : `${name}  ${formatDuration(wholeSeconds(progress.elapsedMs))}`;
    return cut(line, room);
  }
  const share = shareOf(rows);
  const percent = `${Math.floor(share * 100)} %`.padStart(5);
  const facts = factsOf(rows);
  for (let kept = facts.length; kept >= 0; kept -= 1) {
    const tail = facts.slice(0, kept).join(" · ");
    const text = kept === 0 ? percent : `${percent}  ${tail}`;
    const bar = Math.min(widestBar, room - name.length - text.length - 3);
    if (bar < narrowestBar) continue;
    const full = Math.round(bar * share);
    return `${name}  ${style.good("█".repeat(full))}${style.dim("░".repeat(bar - full))} ${text}`;
  }
  return cut(`${name} ${percent.trim()}`, room);
}

/** The same for a log: one plain line. */
export function renderProgressLine(progress: StepProgress): string {
  const { rows } = progress;
  if (rows === undefined) return `  ${shortName(progress)}: ${formatDuration(wholeSeconds(progress.elapsedMs))} so far`;
  return `  ${shortName(progress)}: ${Math.floor(shareOf(rows) * 100)} %, ${factsOf(rows).join(", ")}`;
}

function factsOf({ done, total, rate }: RowProgress): readonly string[] {
  const rows = `${formatCount(done)} of ${formatCount(total)}`;
  if (rate === undefined || rate <= 0 || done >= total) return [rows];
  const left = wholeSeconds(((total - done) / rate) * 1000);
  return [rows, `${formatCount(rate)}/s`, `${formatDuration(Math.max(1000, left))} left`];
}

function shareOf({ done, total }: RowProgress): number {
  return total <= 0 ? 1 : Math.min(1, Math.max(0, done / total));
}

function shortName({ migration, step }: StepProgress): string {
  return `${migration.replace(/^\d{14}_/, "")} › ${step.replaceAll("_", " ")}`;
}

function wholeSeconds(milliseconds: number): number {
  return Math.round(milliseconds / 1000) * 1000;
}

function cut(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(0, width - 1))}…`;
}
